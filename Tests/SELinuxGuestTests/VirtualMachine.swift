import Testing
import HookLinux
import TestSupport

/// What stands for a running VM: a user and a label of its own. Its program is a small client, labelled as QEMU is.
struct VirtualMachine: CustomTestStringConvertible {
    let name: String
    let user: UserIdentity
    /// Type and level of its processes.
    var type = "svirt_t"
    var level: String

    var label: String { "system_u:system_r:\(type):\(level)" }
    /// The label that libvirt gives to its images.
    var imageLabel: String { "system_u:object_r:svirt_image_t:\(level)" }
    /// Its directory beneath each root.
    var directory: String { name.split(separator: "-").last.map(String.init) ?? name }
    var testDescription: String { name }

    static let a = VirtualMachine(name: "vm-a", user: UserIdentity(uid: 2001, gid: 2001, groups: []), level: "s0:c1,c2")
    static let b = VirtualMachine(name: "vm-b", user: UserIdentity(uid: 2002, gid: 2002, groups: []), level: "s0:c3,c4")

    /// The other one of the two.
    var other: VirtualMachine { name == Self.a.name ? Self.b : Self.a }

    /// What its program prints when it does this: one line an answer.
    func run(_ words: [String]) throws -> [String] {
        let run = try Program.run(
            "/usr/bin/runcon", [label, "/t/usr/bin/qemu-system-client"] + words, user: user)
        guard run.ending == .exited(0), run.errors.isEmpty else { throw SetUpFailure("\(label): \(run)") }
        return run.lines
    }

    /// Asks a server for files, and uses what it gets.
    func ask(_ server: TestServer, _ words: [String]) throws -> [String] {
        try run(["--socket", server.socket, "--use"] + words)
    }
}
