internal import HookPolicy

/// Names in the headers of images.
extension ChainWalk {
    /// Reads a name in a header as QEMU would, and goes on with what it means.
    mutating func step(to name: [UInt8], format: String?, from image: Link, as relation: Relation) {
        guard let path = AbsolutePath(image.use.name) else { return }
        guard !name.contains(replacementCharacter) else {
            return refuse(
                image, "\(shown(image.use.name)) names a \(relation.words) that is not text: `\(shown(name))`")
        }
        let reader = BlockReader(directory: path.parent, host: host)
        let parent: BlockPlace.Parent =
            relation == .data && image.use.access != .readOnly ? .writing : .reading
        let place = BlockPlace(part: image.use.part, role: image.use.role, parent: parent)
        let findings = reader.read(name: cleaned(name, in: path.parent), format: format, place)
        for remark in findings.remarks {
            note(Remark(remark.kind, "\(remark.text) (\(shown(image.use.name)) names it as its \(relation.words))"))
        }
        for use in findings.ownUses {
            refuse(
                image,
                "\(shown(image.use.name)) names \(shown(use.path)) as its \(relation.words), and QEMU is given nothing "
                    + "there")
        }
        for use in findings.uses { descend(to: use, from: image, as: relation, saidBy: .header) }
    }

    /// QEMU joins a relative name to the image's directory, and the server resolves a `..` in it. Taking it out as text
    /// says the same where no symbolic link is on the way; where one is, the name is left as it is, and gets no rule.
    private func cleaned(_ name: [UInt8], in directory: AbsolutePath) -> [UInt8] {
        guard name.first != slash, ImageName.protocolPrefix(of: name) == nil else { return name }
        var components = directory.bytes.split(separator: slash).map(Array.init)
        for component in name.split(separator: slash).map(Array.init) {
            if component == [UInt8(ascii: ".")] { continue }
            guard component == [UInt8(ascii: "."), UInt8(ascii: ".")] else {
                components.append(component)
                continue
            }
            guard !components.isEmpty, isDirectory(components) else { return name }
            components.removeLast()
        }
        return [slash] + Array(components.joined(separator: [slash]))
    }

    private func isDirectory(_ components: [[UInt8]]) -> Bool {
        guard let path = AbsolutePath([slash] + Array(components.joined(separator: [slash]))) else { return false }
        switch host.look(at: path) {
        case .found(let object): return object.kind == .directory
        case .notLooked: return true
        case .missing, .unreachable, .link, .danglingLink: return false
        }
    }
}

/// What QEMU writes in the place of bytes of a name that are no UTF-8: the name itself is lost.
private let replacementCharacter = Array("\u{FFFD}".utf8)

/// What follows the last `/`.
func lastComponent(of name: [UInt8]) -> ArraySlice<UInt8> {
    guard let end = name.lastIndex(of: slash) else { return name[...] }
    return name[(end + 1)...]
}

extension [UInt8] {
    func contains(_ part: [UInt8]) -> Bool {
        guard !part.isEmpty, count >= part.count else { return part.isEmpty }
        return indices.dropLast(part.count - 1).contains { self[$0...].starts(with: part) }
    }
}
