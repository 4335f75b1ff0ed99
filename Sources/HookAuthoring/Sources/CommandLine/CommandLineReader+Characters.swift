internal import HookPolicy

/// Character devices: `-chardev`, and the short forms of `-serial` and its like.
extension CommandLineReader {
    mutating func readCharacters(_ option: QemuOption) {
        guard let argument = option.argument else { return }
        if option.name == "chardev" {
            guard let tree = tree(option, implied: "backend") else { return }
            readBackend(tree, "chardev \(shown(tree.text("id") ?? ""))")
        } else {
            readShortForm(argument, "-\(option.name)")
        }
    }

    private mutating func readBackend(_ tree: OptionTree, _ role: String) {
        let path = tree["path"]
        switch tree.text("backend") ?? tree.text("backend.type") ?? "" {
        case "file":
            add(path, .writeOnly, .logs, role, form: .file, creation: .ifMissing)
            add(tree["input-path"], .readOnly, .logs, "input of \(role)", form: .file)
        case "serial", "tty", "parallel", "parport": add(path, .readWrite, .devices, role, form: .char)
        case "socket", "unix": addSocket(path, tree, role)
        case "pipe": inventory.note("\(role): a pair of FIFOs, which the broker never opens: QEMU needs its own right")
        default: break
        }
        add(tree["logfile"], .writeOnly, .logs, "log of \(role)", form: .file, creation: .ifMissing)
    }

    /// `file:PATH`, `unix:PATH,server=on`, `/dev/ttyS0`, `mon:…`, `stdio`, …
    private mutating func readShortForm(_ argument: [UInt8], _ role: String) {
        func rest(behind prefix: String) -> [UInt8]? {
            argument.starts(with: Array(prefix.utf8)) ? Array(argument.dropFirst(prefix.utf8.count)) : nil
        }
        if let inner = rest(behind: "mon:") { return readShortForm(inner, role) }
        if let path = rest(behind: "file:") {
            let name = firstValue(of: path)
            return add(name, .writeOnly, .logs, role, form: .file, creation: .ifMissing)
        }
        if let path = rest(behind: "unix:") {
            let tree = try? OptionTree(reading: Array("path=".utf8) + path)
            return addSocket(tree?["path"], tree ?? OptionTree(), role)
        }
        if rest(behind: "pipe:") != nil {
            return inventory.note("\(role): a pair of FIFOs, which the broker never opens: QEMU needs its own right")
        }
        if argument.first == slash { add(firstValue(of: argument), .readWrite, .devices, role, form: .char) }
    }

    /// A socket that QEMU listens on, or connects to.
    private mutating func addSocket(_ path: [UInt8]?, _ tree: OptionTree, _ role: String) {
        if tree.flag("server") == true { addMadeSocket(path, role) } else { addOwn(.socket, path, role) }
    }

    /// What stands before the first comma that is not doubled.
    private func firstValue(of argument: [UInt8]) -> [UInt8] {
        (try? OptionTree(reading: Array("x=".utf8) + argument))?["x"] ?? []
    }

    // MARK: Other things with backends

    mutating func readFurther(_ option: QemuOption) {
        guard let argument = option.argument else { return }
        switch option.name {
        case "tpmdev":
            guard let tree = tree(option, implied: "type"), tree.text("type") == "passthrough" else { return }
            add(tree["path"] ?? Array("/dev/tpm0".utf8), .readWrite, .devices, "TPM", form: .char)
        case "audiodev":
            guard let tree = tree(option, implied: "driver") else { return }
            if tree.text("driver") == "wav" {
                add(
                    tree["path"] ?? Array("qemu.wav".utf8), .writeOnly, .logs, "sound", form: .file,
                    creation: .ifMissing)
            }
            for key in ["in.dev", "out.dev"] where tree.text("driver") == "oss" {
                add(tree[key], .readWrite, .devices, "sound", form: .char)
            }
        case "vnc":
            guard argument.starts(with: Array("unix:".utf8)) else { return }
            addMadeSocket(firstValue(of: Array(argument.dropFirst("unix:".utf8.count))), "VNC")
        case "spice":
            guard let tree = tree(option) else { return }
            if tree.flag("unix") == true { addMadeSocket(tree["addr"], "SPICE") }
            add(tree["rendernode"], .readWrite, .devices, "rendering", form: .char)
            for key in ["x509-key-file", "x509-cert-file", "x509-cacert-file", "x509-dh-key-file", "password-file"] {
                add(tree[key], .readOnly, .devices, "SPICE \(key)", form: .file)
            }
        default: add(tree(option, implied: "type")?["rendernode"], .readWrite, .devices, "rendering", form: .char)
        }
    }
}
