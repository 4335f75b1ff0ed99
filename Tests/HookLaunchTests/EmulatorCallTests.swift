import HookLaunch
import Testing

/// What a launcher makes of QEMU's own arguments when it is called as libvirt's `<emulator>`.
struct EmulatorCallTests {
    private func call(_ words: String) -> EmulatorCall {
        EmulatorCall(words.split(separator: " ").map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            ("openhook-qemu-system-x86_64", "qemu-system-x86_64"), ("/usr/local/bin/openhook-qemu-kvm", "qemu-kvm"),
            ("openhook", nil), ("/usr/bin/openhook", nil), ("openhook-", nil), ("openhook-bench", nil), ("", nil),
            ("/x/openhook-/qemu-img", nil),
        ] as [(String, String?)])
    func `the name that it is called by says which program is meant`(name: String, program: String?) {
        #expect(EmulatorCall.program(calledAs: Array(name.utf8)) == program)
    }

    @Test(arguments: [
        "-version", "--version", "-help", "-h", "-machine help", "-M ?", "-cpu help", "-device help",
        "-device virtio-blk-pci,help", "-machine none", "-M none,accel=kvm:tcg",
        "-S -no-user-config -nodefaults -nographic -machine none,accel=kvm:tcg -qmp unix:/x/monitor.sock,server=on",
        "-object help", "-machine type=none", "-S -daemonize -version", "-m 16 -help",
    ])
    func `questions about QEMU itself are probes`(words: String) {
        #expect(call(words) == .probe)
    }

    @Test(arguments: [
        ("-name guest=web01,debug-threads=on -S -machine pc", "web01"), ("-name web01", "web01"),
        ("--name guest=a.b-c_D9", "a.b-c_D9"), ("-name guest=one -name guest=two", "two"),
        ("-name guest=web01 -append help", "web01"), ("-name process=x,guest=web01", "web01"),
        ("-name guest=none -machine pc", "none"),
        // What a tenant may say is a value, whatever it looks like.
        ("-name guest=x -append -h", "x"), ("-name guest=x -append --version", "x"),
        ("-append --version -name guest=x", "x"), ("-name guest=x -machine none", "x"),
        ("-name guest=x -append -name -kernel guest=y", "x"), ("-name guest=x -version", "x"),
        ("-kernel -name -name guest=x", "x"), ("-name guest=x,debug-threads=on -name debug-threads=off", "x"),
    ])
    func `a machine is attached to the broker of its name`(words: String, name: String) {
        #expect(call(words) == .guest(name: Array(name.utf8)))
    }

    @Test(arguments: [
        "../../etc", "-web01", ".hidden", "a/b", "web01;x", "", "web 01", "\u{e9}",
        String(repeating: "a", count: 65),
    ])
    func `a name that no VM of a broker can have leads nowhere`(name: String) {
        let found = EmulatorCall([Array("-name".utf8), Array("guest=\(name)".utf8)])
        #expect(
            found == .nameless("-name guest=\(name): no VM of a broker has such a name ([A-Za-z0-9][A-Za-z0-9._-]*)"))
    }

    /// As QEMU parses it: a comma in a value is two, and only the first part can do without `guest=`.
    @Test(arguments: [
        ("guest=x,,guest=web01", "x,guest=web01"), ("x,,y", "x,y"), ("guest=a,,b,debug-threads=on", "a,b"),
        ("guest=,,", ","),
    ])
    func `a name with a comma in it is no other VM's`(value: String, name: String) {
        #expect(
            EmulatorCall([Array("-name".utf8), Array(value.utf8)])
                == .nameless("-name guest=\(name): no VM of a broker has such a name ([A-Za-z0-9][A-Za-z0-9._-]*)"))
    }

    @Test(arguments: ["-append --version", "-append -h", "-kernel -version", "-append -machine none", "-fw_cfg -help"])
    func `an option's value is no question`(words: String) {
        guard case .nameless = call(words) else {
            Issue.record("\(call(words))")
            return
        }
    }

    @Test func `a machine without a name has no broker`() {
        let why = "there is no -name guest=… among QEMU's arguments, by which its broker is found"
        #expect(call("-machine pc -m 16") == .nameless(why))
        #expect(call("-name") == .nameless(why))
        #expect(call("-name debug-threads=on") == .nameless(why))
        #expect(call("-name debug-threads=on,web01") == .nameless(why))
    }
}
