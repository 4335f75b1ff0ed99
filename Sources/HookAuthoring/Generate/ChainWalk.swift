internal import HookPolicy

/// From the images that a VM names to the images that those are based on.
///
/// What names a backing file is an image's header, or a source that has it from there. Whoever made the image chose
/// that name. So a name is followed, and granted, only inside the directories that the admin has given; and what a
/// header names as a backing file is granted to be read, whatever else the header asks for.
struct ChainWalk {
    let host: any HostView
    let within: [AbsolutePath]
    let dataFiles: DataFiles
    private(set) var uses: [FileUse] = []
    private(set) var remarks: [Remark] = []

    /// The longest chain that is followed.
    static let longest = 200

    init(host: any HostView, within: [AbsolutePath], dataFiles: DataFiles) {
        self.host = host
        self.within = within
        self.dataFiles = dataFiles
    }

    /// Adds a file, and after it the images that it is based on.
    mutating func add(_ use: FileUse) {
        if use.origin == .header, let path = AbsolutePath(use.name),
            let objection = objection(to: path, use.access, use.access == .readOnly ? .backing : .data, .header)
        {
            let text = "\(use.role): QEMU has \(shown(use.name)) open, and no option names it\(objection)"
            return remarks.append(Remark(.refusal, text))
        }
        var link = Link(use: use, way: [])
        link.use.chain = .none
        uses.append(link.use)
        follow(use.chain, of: link)
    }

    /// An image on the way down a chain.
    struct Link {
        var use: FileUse
        /// The images above it.
        var way: [[UInt8]]
    }

    /// What a file is to the image that names it.
    enum Relation {
        case backing, data

        var words: String {
            switch self {
            case .backing: "backing file"
            case .data: "data file"
            }
        }
    }

    private mutating func follow(_ chain: FileUse.Chain, of image: Link) {
        switch chain {
        case .none: return
        case .formatUnknown:
            let text =
                "\(image.use.role): the format of \(shown(image.use.name)) is not stated, and a guest can write a header "
                + "that names files into an image whose format is guessed: no backing file was looked for"
            remarks.append(Remark(.note, text))
        case .declared(let below):
            for (index, use) in below.enumerated() {
                // What a header says of its backing file's own data file is as good as what it says of that.
                let relation: Relation = index > 0 && image.use.origin == .configuration ? .data : .backing
                descend(to: use, from: image, as: relation, saidBy: image.use.origin)
            }
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

    // MARK: One step down

    mutating func descend(to use: FileUse, from image: Link, as relation: Relation, saidBy origin: FileUse.Origin) {
        let what = "\(shown(image.use.name)) names \(shown(use.name)) as its \(relation.words)"
        let way = image.way + [image.use.name]
        guard way.count <= ChainWalk.longest else {
            return refuse(image, "\(what): a chain of more than \(ChainWalk.longest) images is not followed")
        }
        guard !way.contains(use.name) else {
            return refuse(image, "\(what): these images name each other in a circle")
        }
        guard let path = AbsolutePath(use.name) else {
            return refuse(image, "\(what), which is no clean absolute name")
        }
        if let objection = SystemName.objection(to: path, use.access) {
            return refuse(image, "\(what), which \(objection)")
        }
        if let objection = objection(to: path, use.access, relation, origin) {
            return refuse(image, "\(what)\(objection)")
        }
        var next = Link(use: use, way: way)
        next.use.origin = origin
        next.use.role = "\(relation.words) of \(shown(lastComponent(of: image.use.name)))"
        next.use.part = image.use.part
        next.use.sharing = relation == .data ? image.use.sharing : .shared
        next.use.chain = .none
        if origin == .header, relation == .backing, use.access != .readOnly {
            next.use.access = .readOnly
            refuse(image, "\(what), to be written: it is granted to be read alone")
        }
        uses.append(next.use)
        follow(use.chain, of: next)
    }

    /// Why a name is not followed: the end of a sentence.
    private func objection(
        to path: AbsolutePath, _ access: Access, _ relation: Relation, _ origin: FileUse.Origin
    ) -> String? {
        if origin == .header, relation == .data {
            guard !dataFiles.include(path, for: access) else { return nil }
            return ". Whoever made the image chose that name: if the file is this VM's, add "
                + "`allow \(access.word) \(shown(WordWriter.word(path.bytes)))`"
        }
        guard within.contains(where: { path != $0 && path.isBeneathOrEqual($0) }) else {
            return ", which is in no directory of --within: if that is meant, `--within \(shown(path.parent.bytes))`"
        }
        return nil
    }

    mutating func note(_ remark: Remark) { remarks.append(remark) }

    mutating func refuse(_ image: Link, _ text: String) {
        remarks.append(Remark(.refusal, "\(image.use.role): \(text)"))
    }
}
