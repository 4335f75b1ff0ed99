import HookAuthoring
import HookPolicy
import Testing

/// What the words of a command line come to.
struct CommandLineTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Quoted for a shell, without the program.
        let words: String
        var rules: [String] = []
        var own: [String] = []
        var refusals: [String] = []
        var notes: [String] = []
        var host: [String] = []
        var within: [String] = []
        var directory: String?

        var testDescription: String { name }
    }

    static func make(_ row: Row) throws -> GeneratedPolicy {
        let host = FakeHost(row.host)
        let text = Array("/usr/bin/qemu-system-x86_64 -name web01 \(row.words)".utf8)
        let directory = row.directory.flatMap { AbsolutePath($0) }
        let inventory = try InventorySource.commandLine(text).read(directory: directory, host: host)
        var options = GenerateOptions()
        options.within = row.within.compactMap { AbsolutePath($0) }
        return try PolicyGenerator(inventory, options, host: host).generate()
    }

    static let guessed =
        "disk hda: the format of /srv/a.img is not stated, and a guest can write a header that names files into an image "
        + "whose format is guessed: no backing file was looked for"

    private static func shared(_ role: String, _ directory: String) -> String {
        "\(role): \(directory) is not this VM's alone, and QEMU could reach what others have there: use a directory of "
            + "the VM's own, such as /run/web01"
    }

    private static func relative(_ role: String, _ name: String) -> String {
        "\(role): the relative name `\(name)`, and nobody knows what it is relative to: `--directory DIR` says where QEMU "
            + "is started"
    }

    static let rows = [
        Row(name: "nothing", words: "-nodefaults -S -m 512 -display none"),
        Row(name: "-hda", words: "-hda /srv/a.img", rules: ["rw /srv/a.img"], notes: [guessed]),
        Row(
            name: "an image alone", words: "-m 64 /srv/a.img -S", rules: ["rw /srv/a.img"],
            notes: [guessed.replacing("disk hda", with: "disk")]),
        Row(name: "-cdrom", words: "-cdrom /srv/a.iso", rules: ["ro /srv/a.iso"]),
        Row(name: "-fda", words: "-fda /srv/a.img", rules: ["rw /srv/a.img"]),
        Row(name: "-drive raw", words: "-drive file=/srv/a.img,format=raw", rules: ["rw /srv/a.img"]),
        Row(name: "--drive", words: "--drive file=/srv/a.img,format=raw", rules: ["rw /srv/a.img"]),
        Row(
            name: "-drive that is only read", words: "-drive file=/srv/a.img,format=raw,readonly=on",
            rules: ["ro /srv/a.img"]),
        Row(name: "-drive of a CD-ROM", words: "-drive file=/srv/a.iso,media=cdrom", rules: ["ro /srv/a.iso"]),
        Row(name: "an empty -drive", words: "-drive if=ide,media=cdrom,id=cd"),
        Row(
            name: "commas in names", words: "-drive 'file=/srv/a,,b,,,,c.img,format=raw'",
            rules: ["rw /srv/a,b,,c.img"]),
        Row(name: "a blank in a name", words: "-drive 'file=/srv/a b.img,format=raw'", rules: ["rw /srv/a b.img"]),
        Row(
            name: "file: in front", words: "-drive file=file:/srv/a.img,format=raw", rules: ["rw /srv/a.img"]),
        Row(
            name: "-drive with an inline node",
            words: "-drive driver=qcow2,file.driver=file,file.filename=/srv/a.qcow2",
            rules: ["rw /srv/a.qcow2", "ro /srv/b.qcow2"], host: ["image /srv/a.qcow2 qcow2 b.qcow2 raw"],
            within: ["/srv"]),
        Row(
            name: "-drive with a backing file of its own",
            words: "-drive file=/srv/a.qcow2,format=qcow2,backing.file.filename=/srv/c.img,backing.driver=raw",
            rules: ["rw /srv/a.qcow2", "ro /srv/c.img"], host: ["image /srv/a.qcow2 qcow2 b.qcow2 raw"],
            within: ["/srv"]),
        Row(
            name: "-drive json:",
            words: #"-drive 'file=json:{"driver":"qcow2",,"file":{"driver":"file",,"filename":"/srv/a.qcow2"}}'"#,
            rules: ["rw /srv/a.qcow2"], host: ["image /srv/a.qcow2 qcow2"]),
        Row(
            name: "-drive of a server", words: "-drive file=nbd://10.0.0.1/x,format=raw",
            notes: ["disk: `nbd` is no file of this host, so no rule"]),
        Row(
            name: "-drive of a descriptor", words: "-drive file=/dev/fdset/1,format=raw",
            notes: ["disk: whoever starts QEMU opens it and hands it over, so no rule"]),
        Row(
            name: "-snapshot", words: "-snapshot -drive file=/srv/a.img,format=raw", rules: ["ro /srv/a.img"],
            notes: [
                "disk: what is written goes to a file that QEMU makes in /var/tmp or TMPDIR with its own rights"
            ]),
        Row(
            name: "-blockdev",
            words: "-blockdev driver=file,node-name=f,filename=/srv/a.img -blockdev raw,node-name=d,file=f",
            rules: ["rw /srv/a.img"]),
        Row(
            name: "-blockdev auto-read-only below a reader",
            words: "-blockdev driver=file,node-name=f,filename=/srv/a.img,auto-read-only=on "
                + "-blockdev driver=raw,node-name=d,file=f,read-only=on",
            rules: ["ro /srv/a.img"]),
        Row(
            name: "-blockdev not read-only below a reader",
            words: "-blockdev driver=file,node-name=f,filename=/srv/a.img "
                + "-blockdev driver=raw,node-name=d,file=f,read-only=on",
            rules: ["rw /srv/a.img"]),
        Row(
            name: "-blockdev host_device",
            words:
                "-blockdev driver=host_device,node-name=f,filename=/dev/vg0/web01 -blockdev driver=raw,node-name=d,file=f",
            rules: ["rw /dev/vg0/web01 block follow"], host: ["link /dev/vg0/web01 block /dev/dm-3 trusted"]),
        Row(
            name: "-blockdev with a chain of nodes",
            words:
                #"-blockdev '{"driver":"file","filename":"/srv/base.qcow2","node-name":"bf","auto-read-only":true}' "#
                + #"-blockdev '{"driver":"qcow2","node-name":"b","read-only":true,"file":"bf","backing":null}' "#
                + #"-blockdev '{"driver":"file","filename":"/srv/top.qcow2","node-name":"tf","auto-read-only":true}' "#
                + #"-blockdev '{"driver":"qcow2","node-name":"t","read-only":false,"file":"tf","backing":"b"}'"#,
            rules: ["rw /srv/top.qcow2", "ro /srv/base.qcow2"], within: ["/srv"]),
        Row(
            name: "nodes that stand on each other",
            words: "-blockdev driver=raw,node-name=a,file=b -blockdev driver=raw,node-name=b,file=a "
                + "-blockdev driver=raw,node-name=c,file=a",
            refusals: ["disk c: its nodes stand on each other without an end"]),
        Row(
            name: "a node that is not there", words: "-blockdev driver=raw,node-name=a,file=nowhere",
            refusals: ["disk a: there is no node `nowhere`"]),
        Row(
            name: "an unknown block driver", words: "-blockdev driver=quantum,node-name=a,filename=/srv/a",
            refusals: ["disk a: what the block driver `quantum` opens is not known here"]),
        Row(
            name: "throttle and copy-on-read above",
            words: "-blockdev driver=copy-on-read,node-name=c,file.driver=throttle,file.throttle-group=g,"
                + "file.file.driver=qcow2,file.file.file.driver=file,file.file.file.filename=/srv/a.qcow2",
            rules: ["rw /srv/a.qcow2"], host: ["image /srv/a.qcow2 qcow2"]),
        Row(
            name: "a quorum",
            words: "-blockdev driver=quorum,node-name=q,vote-threshold=1,children.0.driver=file,"
                + "children.0.filename=/srv/a.img,children.1.driver=file,children.1.filename=/srv/b.img",
            rules: ["rw /srv/a.img", "rw /srv/b.img"]),
        Row(
            name: "pflash",
            words: "-drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE.fd "
                + "-drive if=pflash,unit=1,format=raw,file=/srv/vars.fd",
            rules: ["ro /usr/share/OVMF/OVMF_CODE.fd", "rw /srv/vars.fd"]),
        Row(
            name: "a kernel",
            words: "-kernel /boot/vmlinuz -initrd /srv/initrd.img -dtb /srv/x.dtb -append 'root=/dev/vda1'",
            rules: ["ro /boot/vmlinuz", "ro /srv/initrd.img", "ro /srv/x.dtb"]),
        Row(
            name: "a machine with a kernel",
            words: "-machine q35,accel=kvm,kernel=/boot/vmlinuz,firmware=bios-256k.bin",
            rules: ["ro /boot/vmlinuz"]),
        Row(
            name: "firmware by name and by path", words: "-bios bios-256k.bin -option-rom /srv/x.rom",
            rules: ["ro /srv/x.rom"]),
        Row(
            name: "serial ports",
            words: "-serial file:/srv/s.log -serial /dev/ttyS0 -serial pty -serial mon:stdio -serial none",
            rules: ["wo /srv/s.log create", "rw /dev/ttyS0 char"]),
        Row(
            name: "character devices",
            words:
                "-chardev file,id=a,path=/srv/a.log,append=on -chardev socket,id=b,path=/run/vm/b.sock,server=on,wait=off "
                + "-chardev pty,id=c,logfile=/srv/c.log -chardev pipe,id=d,path=/run/d -chardev socket,id=e,host=::1,port=4444",
            rules: ["wo /srv/a.log create", "wo /srv/c.log create"], own: ["socket /run/vm"],
            notes: ["chardev d: a pair of FIFOs, which the broker never opens: QEMU needs its own right"]),
        Row(
            name: "monitors",
            words: "-qmp unix:/run/vm/q.sock,server=on,wait=off -monitor unix:/run/other/m.sock,server,nowait "
                + "-chardev socket,id=c,path=/run/helper.sock",
            own: ["socket /run/vm", "socket /run/other", "socket /run/helper.sock"]),
        Row(
            name: "sockets in directories that are not the VM's alone",
            words: "-qmp unix:/run/web01.qmp,server=on -vnc unix:/tmp/web01.vnc "
                + "-monitor unix:/run/user/1000/web01.sock,server -serial unix:/var/run/s,server=on "
                + "-chardev socket,id=c,path=/run/helper.sock -virtfs local,path=/var/tmp,mount_tag=t",
            own: ["socket /run/helper.sock"],
            refusals: [
                shared("-qmp", "/run"), shared("VNC", "/tmp"), shared("-monitor", "/run/user/1000"),
                shared("-serial", "/var/run"), shared("shared folder t", "/var/tmp"),
            ]),
        Row(
            name: "relative names of sockets and folders",
            words: "-qmp unix:q.sock,server=on -virtfs local,path=share,mount_tag=t",
            refusals: [relative("-qmp", "q.sock"), relative("shared folder t", "share")]),
        Row(
            name: "relative names of sockets and folders where QEMU's directory is known",
            words: "-qmp unix:q.sock,server=on -virtfs local,path=share,mount_tag=t -pidfile web01.pid",
            own: ["socket /srv/vm", "rw /srv/vm/share"],
            notes: [
                "-pidfile: QEMU looks at the file by name as well as opening it, so it needs a right of its own there: "
                    + "`own rw` for its directory"
            ], directory: "/srv/vm"),
        Row(
            name: "a data file that the options name",
            words: "-blockdev driver=qcow2,node-name=d,file.driver=file,file.filename=/srv/a.qcow2,"
                + "data-file.driver=file,data-file.filename=/srv/a.raw",
            rules: ["rw /srv/a.qcow2", "rw /srv/a.raw"], host: ["image-data /srv/a.qcow2 qcow2 a.raw"]),
        Row(
            name: "a tap that QEMU opens", words: "-netdev tap,id=n,ifname=tap0,script=no,vhost=on",
            rules: ["rw /dev/net/tun char", "rw /dev/vhost-net char"]),
        Row(name: "a tap that is handed over", words: "-netdev tap,id=n,fd=28,vhost=on,vhostfd=30"),
        Row(
            name: "vdpa", words: "-netdev vhost-vdpa,id=n,vhostdev=/dev/vhost-vdpa-0",
            rules: ["rw /dev/vhost-vdpa-0 char"]),
        Row(
            name: "vsock", words: "-device vhost-vsock-pci,guest-cid=3 -device vhost-vsock-pci,vhostfd=31,guest-cid=4",
            rules: ["rw /dev/vhost-vsock char"]),
        Row(
            name: "a PCI device", words: #"-device '{"driver":"vfio-pci","host":"0000:06:02.0","id":"hostdev0"}'"#,
            rules: ["rw /dev/vfio/vfio char", "rw /dev/vfio/12 char"], host: ["group 0000:06:02.0 12"]),
        Row(
            name: "a mediated device",
            words: "-device vfio-pci,sysfsdev=/sys/bus/mdev/devices/c2177883-f1bb-47f0-914d-32a22e3a8804",
            rules: ["rw /dev/vfio/vfio char", "rw /dev/vfio/7 char"],
            host: ["group c2177883-f1bb-47f0-914d-32a22e3a8804 7"]),
        Row(
            name: "USB devices",
            words: "-device usb-host,hostdevice=/dev/bus/usb/001/003 -device usb-host,hostbus=2,hostaddr=14",
            rules: ["rw /dev/bus/usb/001/003 char", "rw /dev/bus/usb/002/014 char"]),
        Row(
            name: "memory in a file and in a directory",
            words: "-object memory-backend-file,id=a,size=1M,mem-path=/srv/mem,share=on "
                + "-object memory-backend-file,id=b,size=1M,mem-path=/dev/hugepages/qemu "
                + "-object memory-backend-file,id=c,size=1M,mem-path=/srv/mem.d",
            rules: ["rw /srv/mem create"], own: ["rw /dev/hugepages/qemu", "rw /srv/mem.d"],
            host: ["directory /srv/mem.d"]),
        Row(
            name: "random numbers", words: "-object rng-random,id=r,filename=/dev/hwrng",
            rules: ["ro /dev/hwrng char"]),
        Row(
            name: "shared folders",
            words: "-virtfs local,path=/srv/share,mount_tag=a,security_model=none "
                + "-fsdev local,id=f,path=/srv/public,readonly=on,security_model=none",
            own: ["rw /srv/share", "ro /srv/public"]),
        Row(name: "a TPM", words: "-tpmdev passthrough,id=t,path=/dev/tpm0", rules: ["rw /dev/tpm0 char"]),
        Row(
            name: "screens", words: "-vnc unix:/run/vm/vnc.sock -display egl-headless,rendernode=/dev/dri/renderD128",
            rules: ["rw /dev/dri/renderD128 char"], own: ["socket /run/vm"]),
        Row(
            name: "tables",
            words: "-smbios file=/srv/smbios.bin -acpitable file=/srv/slic.bin -fw_cfg name=opt/x,file=/srv/x.ign",
            rules: ["ro /srv/smbios.bin", "ro /srv/slic.bin", "ro /srv/x.ign"]),
        Row(name: "an incoming migration", words: "-incoming file:/srv/state", rules: ["ro /srv/state"]),
        Row(
            name: "an incoming command", words: "-incoming 'exec:cat /srv/state'",
            refusals: ["-incoming: what the command opens is not known here"]),
        Row(
            name: "an unknown option", words: "-teleport /srv/x -hda /srv/a.img", rules: ["rw /srv/a.img"],
            refusals: ["-teleport: what this option opens is not known here"], notes: [guessed]),
        Row(
            name: "a file of options", words: "-readconfig /srv/vm.cfg",
            refusals: ["-readconfig: what the file says is not read here"]),
        Row(
            name: "a relative name", words: "-kernel vmlinuz -drive file=a.img,format=raw",
            refusals: [
                "kernel: the relative name `vmlinuz`, and nobody knows what it is relative to: `--directory DIR` says where "
                    + "QEMU is started",
                "disk: the relative name `a.img`, and nobody knows what it is relative to",
            ]),
        Row(
            name: "a relative name where QEMU's directory is known",
            words: "-kernel vmlinuz -drive file=a.img,format=raw",
            rules: ["rw /srv/vm/a.img", "ro /srv/vm/vmlinuz"], directory: "/srv/vm"),
        Row(
            name: "JSON that is none", words: "-device '{\"driver\":'",
            refusals: ["-device: no JSON: it ends too early at byte 11"]),
        Row(
            name: "names with ..", words: "-drive file=/srv/../etc/shadow,format=raw",
            refusals: ["disk: `/srv/../etc/shadow` is no clean absolute name"]),
        Row(
            name: "a system file", words: "-kernel /etc/shadow -serial file:/etc/cron.d/x",
            refusals: [
                "kernel: /etc/shadow lies in /etc, where no VM has files: no rule is made for it",
                "-serial: /etc/cron.d/x lies in /etc, where no VM has files: no rule is made for it",
            ]),
    ]

    @Test(arguments: rows) func `options become rules`(row: Row) throws {
        let made = try Self.make(row)
        #expect(made.policy.summary.sorted() == row.rules.sorted())
        #expect(made.policy.ownSummary.sorted() == row.own.sorted())
        #expect(made.refusals.map(\.text) == row.refusals)
        #expect(made.remarks.filter { $0.kind == .note }.map(\.text) == row.notes)
    }

    // MARK: Words

    @Test(arguments: [
        ("plain", "a b\tc\n d", ["a", "b", "c", "d"]),
        ("quotes", "'a b' \"c d\" e' 'f", ["a b", "c d", "e f"]),
        ("empty words", "'' \"\"", ["", ""]),
        ("backslashes", "a\\ b \\\\ \\'", ["a b", "\\", "'"]),
        ("a line that goes on", "a \\\n  b\\\nc", ["a", "bc"]),
        ("backslashes in quotes", "\"a\\\"b\\$c\\d\" 'a\\b'", ["a\"b$c\\d", "a\\b"]),
        ("comments", "a # b\nc#d", ["a", "c#d"]),
        ("a tilde inside", "a~b", ["a~b"]),
        ("NULs", "a\0b c\0\0d\0", ["a", "b c", "", "d"]),
        ("quotes among NULs", "'a\0$b\0", ["'a", "$b"]),
    ]) func `words are parted as a shell or the kernel parts them`(row: (name: String, text: String, words: [String]))
        throws
    {
        let words = try CommandLineWords.words(of: Array(row.text.utf8))
        #expect(words.map { String(decoding: $0, as: UTF8.self) } == row.words)
    }

    @Test(arguments: [
        ("", "there is no word in it"), (" \n", "there is no word in it"),
        ("a 'b", "line 1: a quote that is not closed"), ("a\n\"b\n", "line 2: a quote that is not closed"),
        (
            "a $HOME",
            "line 1: `$` asks for a shell, and none is run: give the words as they are, quoted, or /proc/PID/cmdline"
        ),
        (
            "a\nb | c",
            "line 2: `|` asks for a shell, and none is run: give the words as they are, quoted, or /proc/PID/cmdline"
        ),
        (
            "\"`id`\"",
            "line 1: ``` asks for a shell, and none is run: give the words as they are, quoted, or /proc/PID/cmdline"
        ),
    ]) func `what is no command line is refused with a reason`(row: (text: String, message: String)) {
        let error = #expect(throws: CommandLineWords.Failure.self) {
            try CommandLineWords.words(of: Array(row.text.utf8))
        }
        #expect(error?.description == row.message)
    }

    @Test func `variables before the program are no arguments, and the name is read from -name`() throws {
        let text =
            "LC_ALL=C HOME=/x /usr/bin/kvm -name guest=db,,01,debug-threads=on -uuid 4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
        let inventory = try InventorySource.commandLine(Array(text.utf8)).read(directory: nil, host: AbsentHost())
        #expect(inventory.name == Array("db,01".utf8))
        #expect(inventory.uuid == Array("4dea22b3-1d52-d8f3-2516-782e98ab3fa0".utf8))
        #expect(inventory.source == "the command line of `db,01`")
        #expect(inventory.uses == [])
    }

    @Test(arguments: 0..<200) func `no words stop the reader`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let pieces = [
            "-drive", "-blockdev", "-device", "-chardev", "-object", "-netdev", "-serial", "-initrd", "-incoming",
            "-fw_cfg",
            "file=", ",", ",,", "=", "json:{", "}", "\"driver\"", ":", "driver=raw", "node-name=a", "file=a",
            "backing=a",
            "/srv/x", "..", "unix:", "\u{7F}", "é", "no", "[", "\\", "0x", "host=0:0.0", "children.0=a",
        ]
        var words = ["qemu", "-name", "x"].map { Array($0.utf8) }
        for _ in 0..<30 {
            var word: [UInt8] = []
            for _ in 0...random.below(6) { word += Array(pieces[random.below(pieces.count)].utf8) }
            words.append(word)
        }
        let text = Array(words.joined(separator: [0])) + [0]
        let inventory = try InventorySource.commandLine(text).read(directory: nil, host: AbsentHost())
        var options = GenerateOptions()
        options.name = Array("x".utf8)
        _ = try PolicyGenerator(inventory, options, host: AbsentHost()).generate()
    }
}
