import Foundation
import Testing

/// Real programs of QEMU's, run as nobody where the test is root, on images in a directory that nobody can enter.
@Suite(.enabled(if: Workbench.find("qemu-img")))
struct QemuTests {
    static let rights: Stage.Rights = FileManager.default.currentUser == 0 ? .nobody : .own

    @Test(arguments: Stage.Channel.allCases)
    func `qemu-img makes, describes and copies images that only the server can reach`(
        channel: Stage.Channel
    ) throws {
        let stage = try Stage()
        func image(_ words: String...) throws -> Workbench.Run {
            try stage.run(["qemu-img"] + words, over: channel, with: Self.rights)
        }
        let top = "\(stage.root)/top.qcow2"
        let base = "\(stage.root)/base.raw"
        #expect(try image("create", "-q", "-f", "raw", base, "4M").status == 0)
        #expect(try image("create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", top).status == 0)
        let info = try image("info", "--backing-chain", "--output", "json", top)
        #expect(info.errors == "")
        #expect(info.output.contains("\"virtual-size\": 4194304"))
        #expect(info.output.contains("\"filename\": \"\(base)\""))
        #expect(try image("convert", "-O", "qcow2", top, "\(stage.root)/copy.qcow2").status == 0)
        #expect(try image("check", "\(stage.root)/copy.qcow2").status == 0)
        #expect(try image("info", "\(stage.root)/missing").errors.contains("No such file or directory"))
    }

    /// Runs a shell script that starts `$QEMU`, hooked; the shell itself is not.
    private func script(_ text: String, on stage: Stage, over channel: Stage.Channel) throws -> Workbench.Run {
        let qemu = "qemu-system-x86_64 -machine q35 -accel tcg -S -nodefaults -display none -sandbox on"
        let settings = [
            "--set", "OPENHOOK_PATHS=\(stage.root)", "--set", "IMAGES=\(stage.root)",
            "--set", "QEMU=env LD_PRELOAD=\(try Workbench.library.get()) \(qemu)",
        ]
        let create = "qemu-img create -q -f qcow2 \(stage.root)/disk.qcow2 4M"
        #expect(try Workbench.run(["sh", "-c", create], in: Workbench.package).status == 0)
        return try stage.serve(["sh", "-c", text], over: channel, with: Self.rights, settings: settings)
    }

    @Test(.enabled(if: Workbench.find("qemu-system-x86_64")), arguments: Stage.Channel.allCases)
    func `a running QEMU takes a snapshot of an image that it cannot reach`(channel: Stage.Channel) throws {
        let stage = try Stage()
        let commands = "snapshot_blkdev virtio0 $IMAGES/snapshot.qcow2 qcow2\\ninfo block\\nquit\\n"
        let run = try script(
            """
            printf "\(commands)" | $QEMU -monitor stdio -drive file=$IMAGES/disk.qcow2,if=virtio
            """, on: stage, over: channel)
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(run.output.contains("Backing file:     \(stage.root)/disk.qcow2"))
        let requests = try stage.requests()
        #expect(requests.contains("flags=0x42 mode=0644 name=ROOT/snapshot.qcow2"))
    }

    @Test(.enabled(if: Workbench.find("qemu-system-x86_64")), arguments: Stage.Channel.allCases)
    func `a QEMU that daemonizes opens its images in the daemon`(channel: Stage.Channel) throws {
        let stage = try Stage()
        let run = try script(
            """
            umask 077; PIDFILE=$(mktemp)
            $QEMU -daemonize -pidfile $PIDFILE -drive file=$IMAGES/disk.qcow2,if=virtio
            echo $?; kill $(cat $PIDFILE)
            """, on: stage, over: channel)
        #expect(run.lines == ["0"])
        #expect(run.errors == "")
        #expect(try stage.requests().contains("flags=0x2 mode=0 name=ROOT/disk.qcow2"))
    }
}

extension FileManager {
    /// The user that this process runs as, as the owner of what it makes.
    var currentUser: Int? {
        (try? attributesOfItem(atPath: "/proc/self"))?[.ownerAccountID] as? Int
    }
}
