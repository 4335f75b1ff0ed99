internal import HookPolicy

/// From the images that a VM names to the images that those are based on.
///
/// What names a backing file is an image's header, or a source that has it from there. Whoever made the image chose
/// that name. So a name is followed, and granted, only inside the directories that the admin has given.
struct ChainWalk {
    let host: any HostView
    let within: [AbsolutePath]
    private(set) var uses: [FileUse] = []
    private(set) var remarks: [Remark] = []

    /// The longest chain that is followed.
    static let longest = 200

    init(host: any HostView, within: [AbsolutePath]) {
        self.host = host
        self.within = within
    }

    /// Adds a file, and after it the images that it is based on.
    mutating func add(_ use: FileUse) {
        var link = Link(use: use, way: [])
        link.use.chain = .none
        uses.append(link.use)
        follow(use.chain, of: link)
    }

    /// An image on the way down a chain.
    private struct Link {
        var use: FileUse
        /// The images above it.
        var way: [[UInt8]]
    }

    private mutating func follow(_ chain: FileUse.Chain, of image: Link) {
        switch chain {
        case .none: return
        case .formatUnknown:
            let text =
                "\(image.use.role): the format of \(shown(image.use.name)) is not stated, and a guest can write a header "
                + "that names files into an image whose format is guessed: no backing file was looked for"
            remarks.append(Remark(.note, text))
        case .declared(let backing):
            for (index, use) in backing.enumerated() { descend(to: use, from: image, isDataFile: index > 0) }
        case .inHeader(let format): ask(image, format)
        }
    }

    private mutating func ask(_ image: Link, _ format: [UInt8]) {
        guard let path = AbsolutePath(image.use.name) else { return }
        // Nothing is made of a name that gets no rule.
        guard SystemName.objection(to: path, image.use.access) == nil, host.look(at: path) != .danglingLink else {
            return
        }
        switch host.header(of: path, format: format) {
        case .notAsked:
            let text =
                "\(image.use.role): the header of \(shown(image.use.name)) was not read: a backing file gets no rule"
            remarks.append(Remark(.note, text))
        case .failed(let reason):
            refuse(image, "the header of \(shown(image.use.name)) could not be read: \(reason)")
        case .header(let header):
            if let name = header.dataName { step(to: name, format: "raw", from: image, as: .data) }
            if let name = header.backingName {
                step(
                    to: name, format: header.backingFormat.map { String(decoding: $0, as: UTF8.self) }, from: image,
                    as: .backing)
            }
        }
    }

    private enum Relation { case backing, data }

    /// Reads a name in a header as QEMU would, and goes on with what it means.
    private mutating func step(to name: [UInt8], format: String?, from image: Link, as relation: Relation) {
        guard let path = AbsolutePath(image.use.name) else { return }
        let what = relation == .backing ? "backing file" : "data file"
        guard !name.contains(replacementCharacter) else {
            refuse(image, "\(shown(image.use.name)) names a \(what) that is not text: `\(shown(name))`")
            return
        }
        let reader = BlockReader(directory: path.parent, host: host)
        let parent: BlockPlace.Parent =
            relation == .data && image.use.access != .readOnly ? .writing : .reading
        let place = BlockPlace(part: image.use.part, role: image.use.role, parent: parent)
        let findings = reader.read(name: cleaned(name, in: path.parent), format: format, place)
        for remark in findings.remarks {
            remarks.append(Remark(remark.kind, "\(remark.text) (\(shown(image.use.name)) names it as its \(what))"))
        }
        for use in findings.ownUses {
            refuse(
                image,
                "\(shown(image.use.name)) names \(shown(use.path)) as its \(what), and QEMU is given nothing there")
        }
        for use in findings.uses { descend(to: use, from: image, isDataFile: relation == .data) }
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

    // MARK: One step down

    private mutating func descend(to use: FileUse, from image: Link, isDataFile: Bool) {
        let what = isDataFile ? "data file" : "backing file"
        let relation = "\(shown(image.use.name)) names \(shown(use.name)) as its \(what)"
        let way = image.way + [image.use.name]
        guard way.count <= ChainWalk.longest else {
            refuse(image, "\(relation): a chain of more than \(ChainWalk.longest) images is not followed")
            return
        }
        guard !way.contains(use.name) else {
            refuse(image, "\(relation): these images name each other in a circle")
            return
        }
        guard let path = AbsolutePath(use.name) else {
            refuse(image, "\(relation), which is no clean absolute name")
            return
        }
        if let objection = SystemName.objection(to: path, use.access) {
            refuse(image, "\(relation), which \(objection)")
            return
        }
        guard within.contains(where: { path != $0 && path.isBeneathOrEqual($0) }) else {
            refuse(
                image,
                "\(relation), which is in no directory of --within: if that is meant, "
                    + "`--within \(shown(path.parent.bytes))`")
            return
        }
        var next = Link(use: use, way: way)
        next.use.role = "\(what) of \(shown(lastComponent(of: image.use.name)))"
        next.use.part = image.use.part
        next.use.sharing = .shared
        next.use.chain = .none
        if isDataFile { next.use.sharing = image.use.sharing }
        uses.append(next.use)
        follow(use.chain, of: next)
    }

    private mutating func refuse(_ image: Link, _ text: String) {
        remarks.append(Remark(.refusal, "\(image.use.role): \(text)"))
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
