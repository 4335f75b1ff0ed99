internal import HookPolicy

/// Each option by name.
extension CommandLineReader {
    mutating func read(_ option: QemuOption) {
        guard option.isKnown else {
            return inventory.refuse("-\(shown(option.name)): what this option opens is not known here")
        }
        let argument = option.argument
        switch option.name {
        case "": readImage(argument, "disk", .writing)
        case "hda", "hdb", "hdc", "hdd", "mtdblock", "sd": readImage(argument, "disk \(option.name)", .writing)
        case "fda", "fdb": readImage(argument, "floppy \(option.name)", .writing, part: .media)
        case "cdrom": readImage(argument, "CD-ROM", .reading, part: .media)
        case "pflash": readImage(argument, "firmware", .writing, part: .firmware)
        case "drive": readDrive(option)
        case "blockdev": if let tree = tree(option, implied: "driver") { readNode(tree) }
        case "kernel": add(argument, .readOnly, .kernel, "kernel", form: .file)
        case "shim": add(argument, .readOnly, .kernel, "shim", form: .file)
        case "initrd": readInitrd(argument)
        case "dtb": add(argument, .readOnly, .kernel, "device tree", form: .file)
        case "bios": readFirmwareName(argument, "firmware")
        case "option-rom": readFirmwareName(tree(option, implied: "romfile")?["romfile"], "option ROM")
        case "name": readName(option)
        case "uuid": inventory.uuid = argument
        case "machine", "M": readMachine(option)
        case "device": readDevice(option)
        case "object": readObject(option)
        case "netdev", "nic", "net": readNetwork(option)
        case "chardev", "serial", "parallel", "debugcon", "monitor", "qmp", "qmp-pretty", "gdb": readCharacters(option)
        case "fsdev", "virtfs": readFolder(option)
        case "mem-path": addOwn(.readWrite, argument, "memory")
        case "tpmdev", "audiodev", "spice", "vnc", "display": readFurther(option)
        default: readRest(option)
        }
    }

    private mutating func readRest(_ option: QemuOption) {
        let argument = option.argument
        switch option.name {
        case "pidfile":
            if let path = argument.flatMap(absolute) { inventory.selfOpened.append(path) }
            inventory.note(
                "-pidfile: QEMU looks at the file by name as well as opening it, so it needs a right of its own there: "
                    + "`own rw` for its directory")
        case "D": add(argument, .writeOnly, .logs, "log", form: .file, creation: .ifMissing)
        case "smbios": add(tree(option)?["file"], .readOnly, .firmware, "SMBIOS table", form: .file)
        case "acpitable":
            let tree = tree(option)
            for name in (tree?["file"] ?? tree?["data"] ?? []).split(separator: UInt8(ascii: ":")) {
                add(Array(name), .readOnly, .firmware, "ACPI table", form: .file)
            }
        case "fw_cfg":
            add(tree(option, implied: "name")?["file"], .readOnly, .firmware, "firmware configuration", form: .file)
        case "boot": add(tree(option)?["splash"], .readOnly, .firmware, "boot splash", form: .file)
        case "incoming": readIncoming(argument)
        case "readconfig": inventory.refuse("-readconfig: what the file says is not read here")
        case "plugin": inventory.note("-plugin: QEMU loads it with its own rights, so no rule")
        case "trace": add(tree(option)?["file"], .writeOnly, .logs, "trace", form: .file, creation: .ifMissing)
        case "icount":
            guard let tree = tree(option), let file = tree["rrfile"] else { return }
            let isReplay = tree.text("rr") == "replay"
            add(
                file, isReplay ? .readOnly : .writeOnly, .logs, "record of the run", form: .file,
                creation: isReplay ? .never : .ifMissing)
        case "dump-vmstate":
            add(argument, .writeOnly, .logs, "description of the state", form: .file, creation: .ifMissing)
        default: return
        }
    }

    // MARK: Names

    /// `-name guest=web01,debug-threads=on`
    private mutating func readName(_ option: QemuOption) {
        guard let name = tree(option, implied: "guest")?["guest"], !name.isEmpty else { return }
        inventory.name = name
        inventory.source = "the command line of `\(shown(name))`"
    }

    private mutating func readMachine(_ option: QemuOption) {
        guard let tree = tree(option, implied: "type") else { return }
        add(tree["kernel"], .readOnly, .kernel, "kernel", form: .file)
        add(tree["initrd"], .readOnly, .kernel, "initrd", form: .file)
        add(tree["dtb"], .readOnly, .kernel, "device tree", form: .file)
        add(tree["shim"], .readOnly, .kernel, "shim", form: .file)
        add(tree["dumpdtb"], .writeOnly, .logs, "device tree of the machine", form: .file, creation: .ifMissing)
        readFirmwareName(tree["firmware"], "firmware")
    }

    /// A name without a directory is looked for where QEMU's own files are.
    private mutating func readFirmwareName(_ name: [UInt8]?, _ role: String) {
        guard let name, name.contains(slash) else { return }
        add(name, .readOnly, .firmware, role, form: .file)
    }

    /// Several with arguments of their own for a multiboot kernel: `a.elf arg,b.elf`.
    private mutating func readInitrd(_ argument: [UInt8]?) {
        for part in (argument ?? []).split(separator: UInt8(ascii: ",")) {
            let name = part.prefix { $0 != UInt8(ascii: " ") }
            add(Array(name), .readOnly, .kernel, "initrd", form: .file)
        }
    }

    private mutating func readIncoming(_ argument: [UInt8]?) {
        guard let argument else { return }
        for (prefix, kind) in [("file:", "file"), ("unix:", "socket"), ("exec:", "command")] {
            guard argument.starts(with: Array(prefix.utf8)) else { continue }
            let name = Array(argument.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: ",") })
            switch kind {
            case "file": add(name, .readOnly, .memory, "saved state", form: .file)
            case "socket": addMadeSocket(name, "incoming migration")
            default: inventory.refuse("-incoming: what the command opens is not known here")
            }
        }
    }

    // MARK: Disks

    /// A name of an image without a format: QEMU would guess it.
    private mutating func readImage(
        _ name: [UInt8]?, _ role: String, _ parent: BlockPlace.Parent, part: FileUse.Part = .disks
    ) {
        guard let name, !name.isEmpty else { return }
        let format = part == .media ? "raw" : nil
        add(block.read(name: name, format: format, BlockPlace(part: part, role: role, parent: temporary(parent))))
    }

    /// With `-snapshot` the images themselves are only read.
    private func temporary(_ parent: BlockPlace.Parent) -> BlockPlace.Parent {
        takesTemporarySnapshots ? .reading : parent
    }

    private mutating func readDrive(_ option: QemuOption) {
        guard let tree = tree(option, implied: nil) else { return }
        var place = place(ofDrive: tree)
        if tree.flag("readonly") ?? tree.flag("read-only") ?? false { place.parent = .reading }
        if tree.flag("snapshot") == true || takesTemporarySnapshots {
            inventory.note(
                "\(place.role): what is written goes to a file that QEMU makes in /var/tmp or TMPDIR with its own rights"
            )
            place.parent = .reading
        }
        let format = tree.text("format") ?? tree.text("driver")
        if let name = tree["file"] {
            guard !name.isEmpty else { return }
            add(overridden(block.read(name: name, format: format ?? guess(place), place), by: tree, place))
        } else if tree.beneath("file").isEmpty, tree["filename"] == nil {
            // An empty drive.
            return
        } else {
            var node = tree
            if tree["driver"] == nil, let format { node.add("driver", Array(format.utf8)) }
            if node["driver"] == nil { node.add("driver", Array("raw".utf8)) }
            add(block.read(node, place))
        }
    }

    /// A format that has no backing file, where nothing is said: of what is read only by its kind.
    private func guess(_ place: BlockPlace) -> String? { place.part == .media ? "raw" : nil }

    /// `backing.…` of a drive counts instead of what the image's header says.
    private func overridden(_ findings: BlockFindings, by tree: OptionTree, _ place: BlockPlace) -> BlockFindings {
        let backing = tree.beneath("backing")
        var findings = findings
        guard !findings.uses.isEmpty else { return findings }
        if tree["backing"] == [] { findings.uses[0].chain = .none }
        if backing.isEmpty { return findings }
        var node = backing
        if node["driver"] == nil, node["filename"] == nil, !node.beneath("file").isEmpty {
            node.add("driver", Array("raw".utf8))
        }
        let below = block.read(node, place.with(parent: .reading))
        findings.uses[0].chain = .declared(below.uses)
        findings.remarks += below.remarks
        return findings
    }

    private func place(ofDrive tree: OptionTree) -> BlockPlace {
        let id = tree.text("id")
        if tree.text("if") == "pflash" {
            let role = tree.text("unit") == "1" ? "variables of the firmware" : "firmware"
            return BlockPlace(part: .firmware, role: role, parent: .writing)
        }
        let device = id.flatMap { id in devices.first { $0.text("drive") == id } }
        let isMedium =
            tree.text("media") == "cdrom" || device.flatMap { $0.text("driver") }.map(Self.isMedium) ?? false
        let isFloppy = tree.text("if") == "floppy"
        let kind = isFloppy ? "floppy" : isMedium ? "CD-ROM" : "disk"
        let label = id.map { " \(shown($0))" } ?? ""
        return BlockPlace(
            part: isMedium || isFloppy ? .media : .disks, role: kind + label, parent: isMedium ? .reading : .writing)
    }
}
