internal import HookQEMU

/// One option of QEMU's command line, with its argument where it has one.
struct QemuOption {
    /// Without the `-` or `--` in front; empty for a disk image that stands alone.
    let name: String
    let argument: [UInt8]?

    /// Parts words into options.
    static func options(of words: [[UInt8]]) -> [QemuOption] {
        var options: [QemuOption] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard let name = name(of: word) else {
                options.append(QemuOption(name: "", argument: word))
                continue
            }
            let takesArgument = QEMUOptions.takesValue(name) ?? (rest.first.map { Self.name(of: $0) == nil } ?? false)
            options.append(QemuOption(name: name, argument: takesArgument ? rest.popFirst() : nil))
        }
        return options
    }

    private static func name(of word: [UInt8]) -> String? {
        QEMUOptions.name(of: String(decoding: word, as: UTF8.self))
    }

    var isKnown: Bool { name.isEmpty || QEMUOptions.takesValue(name) != nil }
}
