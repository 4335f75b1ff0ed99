internal import HookQEMU

/// One option of QEMU's command line.
struct QEMUOption {
    /// Without its dashes.
    let name: String
    let value: String?

    /// The options of a command line, in order. Words that are no options are disk images.
    static func all(in words: [String]) -> [QEMUOption] {
        var options: [QEMUOption] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard let name = QEMUOptions.name(of: word) else { continue }
            // A value is the next word, whatever it looks like: tenants say what is in some of them. Of an option that is
            // newer than what is known here, and has none, the next word is lost: one question less, never one more.
            let takesValue = QEMUOptions.takesValue(name) ?? true
            options.append(QEMUOption(name: name, value: takesValue ? rest.popFirst() : nil))
        }
        return options
    }

    // MARK: Questions

    /// Whether QEMU prints what there is in the place of starting a machine, or starts one that is none.
    var isQuestion: Bool {
        if ["version", "help", "h"].contains(name) { return true }
        guard let value else { return false }
        if ["machine", "M"].contains(name), let first = parts.first, first == "none" || first == "type=none" {
            return true
        }
        return Self.withLists.contains(name) && asksForHelp(value)
    }

    private static let withLists: Set<String> = [
        "accel", "audio", "audiodev", "chardev", "cpu", "d", "device", "display", "M", "machine", "netdev", "nic",
        "object", "trace", "vga", "watchdog",
    ]

    /// `help`, `?`, or one of them behind a comma: `-device virtio-blk,help`.
    private func asksForHelp(_ value: String) -> Bool {
        parts.contains { $0 == "help" || $0 == "?" }
            && parts.allSatisfy { !$0.contains("=") || $0.hasPrefix("type=") || $0.hasPrefix("driver=") }
    }

    // MARK: Values

    /// The parts of the value, between commas; `,,` is a comma in a part.
    var parts: [String] {
        var parts = [""]
        var rest = (value ?? "")[...]
        while let character = rest.popFirst() {
            if character != "," {
                parts[parts.count - 1].append(character)
            } else if rest.first == "," {
                rest.removeFirst()
                parts[parts.count - 1].append(",")
            } else {
                parts.append("")
            }
        }
        return parts
    }
}
