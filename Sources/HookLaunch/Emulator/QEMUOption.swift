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
            guard let name = name(of: word) else { continue }
            // A value is the next word, whatever it looks like: tenants say what is in some of them.
            options.append(QEMUOption(name: name, value: withoutValue.contains(name) ? nil : rest.popFirst()))
        }
        return options
    }

    /// QEMU takes one dash or two.
    static func name(of word: String) -> String? {
        guard word.hasPrefix("-"), word != "-", word != "--" else { return nil }
        return String(word.dropFirst(word.hasPrefix("--") ? 2 : 1))
    }

    /// All others have one, as far as is known here. Of an option that is newer than this list, and has none, the next
    /// word is lost: then there is one question less, never one more.
    private static let withoutValue: Set<String> = [
        "async-teardown", "audio-help", "daemonize", "enable-fips", "enable-kvm", "enable-sync-profile", "full-screen",
        "h", "help", "mem-prealloc", "no-acpi", "no-fd-bootchk", "no-hpet", "no-kvm", "no-quit", "no-reboot",
        "no-shutdown", "no-user-config", "nodefaults", "nographic", "old-param", "only-migratable", "portrait",
        "preconfig", "S", "s", "semihosting", "singlestep", "snapshot", "usb", "version", "win2k-hack", "xen-attach",
        "xen-domid-restrict",
    ]

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
