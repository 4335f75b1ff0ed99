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
        if Self.isProbe(words) {
            self = .probe
            return
        }
        guard let name = Self.guestName(words) else {
            self = .nameless("there is no -name guest=… among QEMU's arguments, by which its broker is found")
            return
        }
        self =
            Self.isVMName(name)
            ? .guest(name: Array(name.utf8))
            : .nameless("-name guest=\(name): no VM of a broker has such a name ([A-Za-z0-9][A-Za-z0-9._-]*)")
    }

    // MARK: Probes

    private static func isProbe(_ words: [String]) -> Bool {
        words.indices.contains { index in
            let option = self.option(words[index])
            if ["version", "help", "h"].contains(option) { return true }
            guard let option, index + 1 < words.count else { return false }
            let value = words[index + 1]
            let first = value.split(separator: ",", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            if ["machine", "M"].contains(option), first == "none" || first == "type=none" { return true }
            return withLists.contains(option) && asksForHelp(value)
        }
    }

    /// Options that print what there is in the place of starting a machine.
    private static let withLists: Set<String> = [
        "accel", "audio", "audiodev", "chardev", "cpu", "d", "device", "display", "M", "machine", "netdev", "nic",
        "object", "trace", "vga", "watchdog",
    ]

    /// `help`, `?`, or one of them behind a comma: `-device virtio-blk,help`.
    private static func asksForHelp(_ value: String) -> Bool {
        value.split(separator: ",").contains { $0 == "help" || $0 == "?" }
            && value.split(separator: ",").allSatisfy {
                !$0.contains("=") || $0.hasPrefix("type=") || $0.hasPrefix("driver=")
            }
    }

    /// The word of an option: QEMU takes one dash or two.
    private static func option(_ word: String) -> String? {
        guard word.hasPrefix("-"), word != "-", word != "--" else { return nil }
        return String(word.dropFirst(word.hasPrefix("--") ? 2 : 1))
    }

    // MARK: Names

    /// `-name web01`, `-name guest=web01,debug-threads=on`. The last one counts.
    private static func guestName(_ words: [String]) -> String? {
        var name: String?
        for (index, word) in words.enumerated() where option(word) == "name" && index + 1 < words.count {
            for part in words[index + 1].split(separator: ",") {
                if part.hasPrefix("guest=") {
                    name = String(part.dropFirst("guest=".count))
                } else if !part.contains("=") {
                    name = String(part)
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
