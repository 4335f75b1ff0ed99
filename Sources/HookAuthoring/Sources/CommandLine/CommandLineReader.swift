internal import HookJSON
package import HookPolicy

/// Reads a command line of QEMU: which files that QEMU opens.
package struct CommandLineReader {
    let host: any HostView
    var block: BlockReader
    var inventory = Inventory(source: "a command line")
    /// `-device` and `-machine`, to tell what a node is for.
    private(set) var devices: [OptionTree] = []
    private(set) var machine = OptionTree()
    private(set) var takesTemporarySnapshots = false
    /// The nodes that others stand on.
    private var usedNodes: Set<String> = []

    private init(directory: AbsolutePath?, host: any HostView) {
        self.host = host
        block = BlockReader(directory: directory, host: host)
        inventory.directory = directory
    }

    /// - Parameters:
    ///   - words: with the program's name first; variables of the environment may stand before it, as in libvirt's logs.
    ///   - directory: QEMU's working directory, where relative names begin; nil: not known.
    package static func read(words: [[UInt8]], directory: AbsolutePath?, host: any HostView) -> Inventory {
        var rest = words[...]
        while let word = rest.first, word.first != UInt8(ascii: "-"), isAssignment(word) { rest.removeFirst() }
        if let program = rest.first, program.first != UInt8(ascii: "-") { rest.removeFirst() }
        return read(options: Array(rest), directory: directory, host: host)
    }

    /// The same of options alone.
    static func read(options words: [[UInt8]], directory: AbsolutePath?, host: any HostView) -> Inventory {
        var reader = CommandLineReader(directory: directory, host: host)
        let options = QemuOption.options(of: words)
        reader.collect(options)
        reader.inventory.identity.accelerator = reader.accelerator(options)
        for option in options { reader.read(option) }
        return reader.inventory
    }

    /// `NAME=value`
    private static func isAssignment(_ word: [UInt8]) -> Bool {
        guard let sign = word.firstIndex(of: UInt8(ascii: "=")), sign > 0 else { return false }
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789".utf8)
        return word[..<sign].allSatisfy { letters.contains($0) }
    }

    // MARK: What others refer to

    private mutating func collect(_ options: [QemuOption]) {
        for option in options {
            switch option.name {
            case "blockdev":
                guard let tree = tree(option, implied: "driver"), let name = tree.text("node-name") else { continue }
                block.nodes[name] = tree
            case "device":
                guard let tree = tree(option, implied: "driver") else { continue }
                devices.append(tree)
            case "machine", "M":
                guard let tree = tree(option, implied: "type") else { continue }
                for pair in tree.pairs { machine.add(pair.key, pair.value) }
            case "snapshot": takesTemporarySnapshots = true
            default: continue
            }
        }
        for (name, node) in block.nodes {
            for pair in node.pairs where pair.key != "node-name" {
                let value = String(decoding: pair.value, as: UTF8.self)
                if value != name, block.nodes[value] != nil { usedNodes.insert(value) }
            }
        }
    }

    /// QEMU translates (TCG) unless it is told otherwise.
    private func accelerator(_ options: [QemuOption]) -> VMIdentity.Accelerator {
        let named = options.filter { $0.name == "accel" }.compactMap { $0.argument } + [machine["accel"] ?? []]
        let usesKVM = named.contains { $0.starts(with: Array("kvm".utf8)) }
        return usesKVM || options.contains { $0.name == "enable-kvm" } ? .kvm : .tcg
    }

    /// The options of an argument; nil, and said, if they are JSON that is none.
    mutating func tree(_ option: QemuOption, implied: String? = nil) -> OptionTree? {
        guard let argument = option.argument else { return nil }
        do throws(JSONError) { return try OptionTree(reading: argument, implied: implied) } catch {
            inventory.refuse("-\(shown(option.name)): \(error)")
            return nil
        }
    }

    // MARK: Block nodes

    mutating func readNode(_ tree: OptionTree) {
        let name = tree.text("node-name")
        // What another node stands on comes with that one.
        if let name, usedNodes.contains(name) { return }
        add(block.read(tree, place(ofNode: name)))
    }

    /// What a node is for: what is plugged into it, if anything is.
    func place(ofNode name: String?) -> BlockPlace {
        guard let name else { return BlockPlace(part: .disks, role: "block node", parent: .writing) }
        if let pair = machine.pairs.first(where: { $0.key.hasPrefix("pflash") && $0.value.elementsEqual(name.utf8) }) {
            let role = pair.key == "pflash0" ? "firmware" : "variables of the firmware"
            return BlockPlace(part: .firmware, role: role, parent: .writing)
        }
        let device = devices.first { $0.text("drive") == name }
        let label = device.flatMap { $0.text("id") } ?? name
        let isMedium = device.flatMap { $0.text("driver") }.map(Self.isMedium) ?? false
        return BlockPlace(
            part: isMedium ? .media : .disks, role: "\(isMedium ? "CD-ROM" : "disk") \(shown(label))",
            parent: isMedium ? .reading : .writing)
    }

    static func isMedium(_ driver: String) -> Bool { driver == "ide-cd" || driver == "scsi-cd" }

    mutating func add(_ findings: BlockFindings) {
        inventory.uses += findings.uses
        inventory.ownUses += findings.ownUses
        inventory.remarks += findings.remarks
    }

    // MARK: Single files

    mutating func add(
        _ name: [UInt8]?, _ access: Access, _ part: FileUse.Part, _ role: String, form: FileUse.Form = .unknown,
        creation: FileUse.CreationNeed = .never
    ) {
        guard let name, !name.isEmpty else { return }
        guard !name.starts(with: Array("/dev/fdset/".utf8)) else {
            return inventory.note("\(role): whoever starts QEMU opens it and hands it over, so no rule")
        }
        guard let path = absolute(name, role) else { return }
        var use = FileUse(path, access, part, role, form: form)
        use.creation = creation
        inventory.uses.append(use)
    }

    mutating func addOwn(_ kind: OwnStatement.Kind, _ name: [UInt8]?, _ role: String) {
        guard let name, !name.isEmpty, name.first != UInt8(ascii: "@"), let path = absolute(name, role) else { return }
        inventory.ownUses.append(OwnUse(kind: kind, path: path, role: role))
    }

    /// A socket that QEMU makes. What it needs for that is a right in the directory.
    mutating func addMadeSocket(_ name: [UInt8]?, _ role: String) {
        guard let name, !name.isEmpty, name.first != UInt8(ascii: "@"), let path = absolute(name, role) else { return }
        let directory = path[..<(path.lastIndex(of: slash) ?? 0)]
        inventory.ownUses.append(
            OwnUse(kind: .socket, path: directory.isEmpty ? [slash] : Array(directory), role: role))
    }

    /// Nil, and said, if it is relative to nobody knows what.
    private mutating func absolute(_ name: [UInt8], _ role: String) -> [UInt8]? {
        if let path = absolute(name) { return path }
        inventory.refuse(
            "\(role): the relative name `\(shown(name))`, and nobody knows what it is relative to: "
                + "`--directory DIR` says where QEMU is started")
        return nil
    }

    func absolute(_ name: [UInt8]) -> [UInt8]? {
        if name.first == slash { return name }
        return block.directory.map { $0 == .root ? [slash] + name : $0.bytes + [slash] + name }
    }
}
