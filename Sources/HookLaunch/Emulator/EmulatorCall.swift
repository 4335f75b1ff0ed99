internal import HookQEMU

/// A launcher that is called as if it were QEMU itself: libvirt's `<emulator>` is a link to it, called
/// `openhook-qemu-system-x86_64`, and gets QEMU's own arguments.
package enum EmulatorCall: Sendable, Equatable {
    /// Only asks QEMU what it can do: nothing is opened for it.
    case probe
    /// Starts a VM.
    case guest(name: [UInt8])
    /// Starts a VM of which no name is said that a broker could have.
    case nameless(String)

    package static let prefix = "openhook-"

    /// The program that is meant by the name that this one was called by; nil if it was called by its own.
    package static func program(calledAs name: [UInt8]) -> String? {
        let last = name.lastIndex(of: UInt8(ascii: "/")).map { name[($0 + 1)...] } ?? name[...]
        guard last.starts(with: prefix.utf8), last.count > prefix.utf8.count else { return nil }
        let program = String(decoding: last.dropFirst(prefix.utf8.count), as: UTF8.self)
        // `openhook-bench` and the like are programs of their own.
        return program.hasPrefix("qemu-") ? program : nil
    }

    /// - Parameter arguments: QEMU's, without its own name.
    package init(_ arguments: [[UInt8]]) {
        let words = arguments.map { String(decoding: $0, as: UTF8.self) }
        let options = QEMUOption.all(in: words)
        // What names a machine, in whatever place, starts one: it is never executed without its broker.
        let namesMachine = words.contains { QEMUOptions.name(of: $0) == "name" }
        if !namesMachine, options.contains(where: \.isQuestion) {
            self = .probe
            return
        }
        guard let name = Self.guestName(options) else {
            self = .nameless("there is no -name guest=… among QEMU's arguments, by which its broker is found")
            return
        }
        self =
            Self.isVMName(name)
            ? .guest(name: Array(name.utf8))
            : .nameless("-name guest=\(name): no VM of a broker has such a name ([A-Za-z0-9][A-Za-z0-9._-]*)")
    }

    /// `-name web01`, `-name guest=web01,debug-threads=on`. The last one counts.
    private static func guestName(_ options: [QEMUOption]) -> String? {
        var name: String?
        for option in options where option.name == "name" && option.value != nil {
            for (index, part) in option.parts.enumerated() {
                if part.hasPrefix("guest=") {
                    name = String(part.dropFirst("guest=".count))
                } else if index == 0, !part.contains("=") {
                    name = part
                }
            }
        }
        return name
    }

    private static func isVMName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: false
            }
        }
        guard let first = bytes.first, isAlphanumeric(first), bytes.count <= 64 else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) }
    }
}
