import HookWire

/// A policy with any number of exact rules, of which one names a file that is there.
struct BenchPolicy {
    /// The name that is asked for, beneath the images directory.
    static let imageName = "disk-granted.qcow2"

    /// As QEMU opens a disk.
    static let flags = OpenFlags([.readWrite, .closeOnExec]).rawValue

    let file: String
    let images: String
    let ruleCount: Int

    var grantedName: String { images + "/" + Self.imageName }
    var refusedName: String { images + "/disk-refused.qcow2" }

    /// The policy itself. The rule that grants stands in the middle.
    var text: String {
        var text = """
            openhook 1
            vm bench
            selinux off
            peer any
            rate off
            root images \(Self.quoted(images)) {

            """
        for number in 0..<ruleCount {
            let name = number == ruleCount / 2 ? Self.imageName : "disk-\(number).qcow2"
            text += "    allow rw \(name)\n"
        }
        return text + "}\n"
    }

    /// A word of the policy language that stands for these bytes and no others.
    private static func quoted(_ word: String) -> String {
        let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-".utf8)
        let bytes = word.utf8.map { byte in
            plain.contains(byte)
                ? String(Unicode.Scalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\"" + bytes.joined() + "\""
    }
}
