import Foundation
import HookLinux
import Testing

struct DemoTests {
    private static let isRoot = (try? Program.run("/usr/bin/id", ["-u"]))?.output == "0\n"
    private static let hasGuest = Program.exists("qemu-system-x86_64") && Program.exists("cc")
    private static let asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    /// The build may lie where nobody may go.
    private static let nobodyReachesBuild =
        isRoot && Program.exists("setpriv")
        && (try? Program.run("/usr/bin/env", asNobody + ["test", "-x", Program.product("openhook")]))?.status == 0

    private static var preloadArguments: [String] {
        get throws { hasGuest ? ["--preload", try PreloadLibrary.path.get()] : [] }
    }

    private func answers(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `everything answers as expected`() throws {
        let run = try Program.openhook(["demo"] + Self.preloadArguments)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("\nASKED                          ANSWER   RULE     WHY\n"))
        #expect(run.output.contains("\nrw base/golden.qcow2           EACCES   line "))
        #expect(run.output.contains("\nEvery answer was as expected"))
        #expect(run.errors.contains("demo: asking for 7 files\n"))
    }

    @Test(.enabled(if: hasGuest)) func `an unmodified QEMU boots from what it cannot open`() throws {
        let run = try Program.openhook(["demo", "--json"] + Self.preloadArguments)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let guest = try #require(try answers(run.output)["guest"] as? [String: Any])
        #expect(guest["console"] as? String == "GUEST-BOOT-OK; GUEST-WRITE-OK")
        #expect((guest["alone"] as? String)?.hasSuffix("Permission denied") == true)
        #expect(guest["sector_written"] as? Bool == true)
        #expect(guest["opens"] as? Int == 1)
    }

    @Test(.enabled(if: nobodyReachesBuild, "needs root, setpriv, and a build that the user nobody can reach"))
    func `a user without privileges sees the same`() throws {
        let run = try Program.run(
            "/usr/bin/env",
            Self.asNobody + [Program.product("openhook"), "demo", "--json"] + Self.preloadArguments)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let answers = try answers(run.output)
        #expect(answers["as_expected"] as? Bool == true)
        let guest = try #require(answers["guest"] as? [String: Any])
        guard Self.hasGuest else { return }
        // Where nothing can keep QEMU from the image, none is started, and that is said.
        guard LandlockRuleset.kernelVersion != nil else {
            #expect(guest["why"] as? String == "this kernel has no Landlock")
            return
        }
        #expect((guest["wall"] as? String)?.hasPrefix("the same user, behind Landlock: ") == true)
        #expect((guest["alone"] as? String)?.hasSuffix("Permission denied") == true)
        #expect(guest["console"] as? String == "GUEST-BOOT-OK; GUEST-WRITE-OK")
        #expect(guest["sector_written"] as? Bool == true)
    }

    @Test func `the folder is removed, unless it is to stay`() throws {
        let first = try answers(Program.openhook(["demo", "--json"] + Self.preloadArguments).output)
        let removed = try #require(first["folder"] as? String)
        #expect(!FileManager.default.fileExists(atPath: removed))
        let second = try answers(Program.openhook(["demo", "--json", "--keep"] + Self.preloadArguments).output)
        let kept = try #require(second["folder"] as? String)
        defer { try? FileManager.default.removeItem(atPath: kept) }
        #expect(FileManager.default.fileExists(atPath: kept + "/vm.policy"))
        if Program.exists("qemu-img") {
            let check = try Program.run("/usr/bin/env", ["qemu-img", "check", "-q", kept + "/images/guest.qcow2"])
            #expect(check.status == 0, "\(check.output)\(check.errors)")
        }
    }

    /// As README.md installs it: `bin`, `sbin` and `lib` of one place, and none of them in PATH.
    @Test func `a system that is installed is found`() throws {
        let scene = try Scene()
        var files = [("openhook", "bin/openhook"), ("openhookd", "sbin/openhookd")].map {
            (Program.product($0.0), $0.1)
        }
        if Self.hasGuest { files.append((try PreloadLibrary.path.get(), "lib/libopenhook-preload.so")) }
        for (file, place) in files {
            let installed = scene.top.appending(path: place)
            try FileManager.default.createDirectory(
                at: installed.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: URL(filePath: file), to: installed)
        }
        let run = try Program.run(scene.top.appending(path: "bin/openhook").path, ["demo", "--json"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.errors.contains("demo: starting \(scene.top.path)/sbin/openhookd\n"), "\(run.errors)")
        let guest = try #require(try answers(run.output)["guest"] as? [String: Any])
        #expect(guest["started"] as? Bool == Self.hasGuest)
    }

    @Test func `without a server the demo says which one to name`() throws {
        let run = try Program.openhook("demo", "--server", "/no/such/openhookd")
        #expect(run.status == 3)
        #expect(
            run.errors.contains(
                "openhook: openhookd (/no/such/openhookd) cannot be started: ENOENT (No such file or directory)"))
    }
}
