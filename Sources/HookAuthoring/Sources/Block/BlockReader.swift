internal import HookPolicy

/// Reads nodes of QEMU's block layer: which files they open, to read or to write, and which images those are based on.
struct BlockReader {
    /// The nodes that others can name, by name.
    var nodes: [String: OptionTree] = [:]
    /// Where relative names begin.
    var directory: AbsolutePath?
    let host: any HostView

    /// How deep nodes may stand on each other: a node that stands on itself is not followed for ever.
    private static let mostLayers = 32

    /// The files of a node and of all that is below it; the first one, if there are any, holds the image itself.
    func read(_ tree: OptionTree, _ place: BlockPlace) -> BlockFindings {
        read(tree, place, tie: .inline, layersLeft: BlockReader.mostLayers)
    }

    /// The file that a name means, as `-drive file=…` and the headers of images have it.
    ///
    /// - Parameter format: the format that the image is said to have; nil: QEMU would guess.
    func read(name: [UInt8], format: String?, _ place: BlockPlace) -> BlockFindings {
        switch ImageName(name, relativeTo: directory) {
        case .path(let path): use(path, .unknown, format: format, place)
        case .device(let path): use(path, .block, format: format, place)
        case .node(let tree): read(tree, place)
        case .remote(let name): .note("\(place.role): `\(shown(name))` is no file of this host, so no rule")
        case .passedDescriptor: .note("\(place.role): whoever starts QEMU opens it and hands it over, so no rule")
        case .malformed(let reason): .refusal("\(place.role): \(reason)")
        }
    }

    private func use(
        _ path: [UInt8], _ form: FileUse.Form, format: String?, _ place: BlockPlace
    ) -> BlockFindings {
        var use = FileUse(path, place.parent == .reading ? .readOnly : .readWrite, place.part, place.role, form: form)
        use.chain = BlockReader.chain(ofFormat: format)
        return BlockFindings(uses: [use])
    }

    /// Which other images an image of a format can need.
    static func chain(ofFormat format: String?) -> FileUse.Chain {
        guard let format else { return .formatUnknown }
        return switch BlockDriver(format) {
        case .format(.layered), .format(.scattered): .inHeader(format: Array(format.utf8))
        default: .none
        }
    }

    // MARK: Nodes

    private func read(
        _ tree: OptionTree, _ place: BlockPlace, tie: BlockPlace.Tie, layersLeft: Int
    ) -> BlockFindings {
        guard layersLeft > 0 else { return .refusal("\(place.role): its nodes stand on each other without an end") }
        guard let name = tree.text("driver") else {
            guard let file = tree["filename"] else {
                return .refusal("\(place.role): a node without `driver` and `filename`")
            }
            return read(name: file, format: "raw", place)
        }
        switch BlockDriver(name) {
        case .file(let form): return file(tree, form, place, tie)
        case .format(let layering): return layers(tree, name, layering, place, tie, layersLeft)
        case .devicePath: return device(tree, name, place)
        case .nvme: return nvme(tree, place)
        case .directory: return shared(tree["dir"], place)
        case .none: return BlockFindings()
        case .remote: return server(tree, name, place)
        case .unknown:
            return .refusal("\(place.role): what the block driver `\(shown(name))` opens is not known here")
        }
    }

    private func file(
        _ tree: OptionTree, _ form: FileUse.Form, _ place: BlockPlace, _ tie: BlockPlace.Tie
    ) -> BlockFindings {
        guard let name = tree["filename"] else { return .refusal("\(place.role): a file node without `filename`") }
        let access: Access = mode(of: tree, place, tie) == .reading ? .readOnly : .readWrite
        switch ImageName(name, relativeTo: directory) {
        case .path(let path), .device(let path):
            return BlockFindings(uses: [FileUse(path, access, place.part, place.role, form: form)])
        case .passedDescriptor:
            return .note("\(place.role): whoever starts QEMU opens it and hands it over, so no rule")
        case .node, .remote: return .refusal("\(place.role): `\(shown(name))` is no name that a file node can have")
        case .malformed(let reason): return .refusal("\(place.role): \(reason)")
        }
    }

    /// Whether QEMU opens the file of a node for writing.
    private func mode(of tree: OptionTree, _ place: BlockPlace, _ tie: BlockPlace.Tie) -> BlockPlace.Parent {
        if tree.flag("read-only") == true { return .reading }
        // Opened for reading, and again for writing when somebody above wants to write.
        if tree.flag("auto-read-only") == true { return place.parent }
        if tree.flag("read-only") == false { return .writing }
        return tie == .inline ? place.parent : .writing
    }

    private func layers(
        _ tree: OptionTree, _ format: String, _ layering: BlockDriver.Layering, _ place: BlockPlace,
        _ tie: BlockPlace.Tie, _ layersLeft: Int
    ) -> BlockFindings {
        let below = place.with(parent: mode(of: tree, place, tie))
        var findings = BlockFindings()
        for key in BlockReader.childKeys(of: tree) where key != "backing" {
            if let child = child(key, of: tree, below, layersLeft) { findings = findings + child }
        }
        guard !findings.uses.isEmpty, layering != .flat else { return findings }
        let basis = place.with(parent: .reading)
        if tree["backing"] == [] {
            findings.uses[0].chain = .none
        } else if let backing = child("backing", of: tree, basis, layersLeft) {
            findings.uses[0].chain = .declared(backing.uses)
            findings.remarks += backing.remarks
        } else {
            findings.uses[0].chain = .inHeader(format: Array(format.utf8))
        }
        return findings
    }

    /// The keys beneath which a node's own nodes are described or named: `file` first.
    private static func childKeys(of tree: OptionTree) -> [String] {
        var keys = ["file", "data-file", "image", "test", "raw", "log", "target", "backing"]
        for index in 0..<16 { keys.append("children.\(index)") }
        return keys.filter { key in tree[key] != nil || tree.pairs.contains { $0.key.hasPrefix(key + ".") } }
    }

    private func child(
        _ key: String, of tree: OptionTree, _ place: BlockPlace, _ layersLeft: Int
    ) -> BlockFindings? {
        let own = tree.beneath(key)
        if !own.isEmpty { return read(own, place, tie: .inline, layersLeft: layersLeft - 1) }
        guard let name = tree.text(key), !name.isEmpty else { return nil }
        guard let node = nodes[name] else {
            return .refusal("\(place.role): there is no node `\(shown(name))`")
        }
        return read(node, place, tie: .reference, layersLeft: layersLeft - 1)
    }

    // MARK: What is no file

    private func device(_ tree: OptionTree, _ driver: String, _ place: BlockPlace) -> BlockFindings {
        guard let path = tree["path"] else { return .refusal("\(place.role): a node without `path`") }
        guard driver != "virtio-blk-vhost-user" else {
            return BlockFindings(ownUses: [OwnUse(kind: .socket, path: path, role: place.role)])
        }
        return BlockFindings(uses: [FileUse(path, .readWrite, place.part, place.role, form: .unknown)])
    }

    private func nvme(_ tree: OptionTree, _ place: BlockPlace) -> BlockFindings {
        guard let device = tree.text("device") else { return .refusal("\(place.role): a node without `device`") }
        return VFIOFiles.findings(of: .pci(device), place.role, host)
    }

    private func shared(_ directory: [UInt8]?, _ place: BlockPlace) -> BlockFindings {
        guard let directory else { return .refusal("\(place.role): a node without `dir`") }
        let kind: OwnStatement.Kind = place.parent == .reading ? .readOnly : .readWrite
        return BlockFindings(ownUses: [OwnUse(kind: kind, path: directory, role: place.role)])
    }

    private func server(_ tree: OptionTree, _ driver: String, _ place: BlockPlace) -> BlockFindings {
        if let socket = tree["server.path"] ?? tree["path"], driver == "nbd" {
            return BlockFindings(ownUses: [OwnUse(kind: .socket, path: socket, role: place.role)])
        }
        return .note("\(place.role): `\(shown(driver))` is no file of this host, so no rule")
    }
}
