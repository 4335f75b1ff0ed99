/// The first word of a statement.
enum Keyword: String, CaseIterable {
    case openhook, vm, uuid, selinux, peer, directory, variable, include, root, rate, own
    case ioUring = "io_uring"
    case label, symlinks, filesystem, identity = "as"
    case allow, deny, learn
    case close = "}"

    /// How the statement is written.
    var usage: String {
        switch self {
        case .openhook: "openhook 1"
        case .vm: "vm NAME"
        case .uuid: "uuid UUID"
        case .selinux: "selinux require|if-enabled|off"
        case .peer: "peer label CONTEXT|type TYPE|uid USER|gid GROUP|any"
        case .directory: "directory PATH"
        case .variable: "variable NAME VALUE"
        case .include: "include FILE"
        case .root: "root NAME DIRECTORY {"
        case .rate: "rate N burst M|off"
        case .own: "own ro|rw|socket PATH..."
        case .ioUring: "io_uring allow"
        case .label: "label CONTEXT"
        case .symlinks: "symlinks none|inside"
        case .filesystem: "filesystem TYPE..."
        case .identity: "as USER[:GROUP]"
        case .allow: "allow ro|wo|rw PATTERN [CLAUSE...]"
        case .deny: "deny ro|wo|rw PATTERN"
        case .learn: "learn [ro|rw] [create] PATTERN"
        case .close: "}"
        }
    }

    enum Place {
        case outsideRoots, insideRoot, anywhere
    }

    /// Where the statement may stand.
    var place: Place {
        switch self {
        case .label, .symlinks, .filesystem, .identity, .close: .insideRoot
        case .allow, .deny, .learn: .anywhere
        default: .outsideRoots
        }
    }

    /// Whether it is said once, in a policy or in a root.
    var isSingle: Bool {
        switch self {
        case .vm, .uuid, .selinux, .directory, .rate, .ioUring, .label, .symlinks, .filesystem, .identity: true
        default: false
        }
    }

    /// The words for suggestions.
    static let words = allCases.filter { $0 != .close }.map(\.rawValue)

    init?(_ word: Word) {
        guard let keyword = Keyword.allCases.first(where: { word.isBare($0.rawValue) }) else { return nil }
        self = keyword
    }
}

/// A line with words in it.
struct Statement {
    let keyword: Keyword
    let first: Word
    let arguments: [Word]

    /// From the first word to the last one.
    var span: SourceSpan { first.span.through((arguments.last ?? first).span) }

    /// That the statement is not written as it should be: the place of the word that is one too many, or of the whole.
    var malformed: Diagnostic {
        Diagnostic(.error, at: span, "expected `\(keyword.usage)`")
    }

    /// The arguments, if there are as many as that.
    func arguments(_ count: Int) throws(Diagnostic) -> [Word] {
        if arguments.count > count { throw unexpected(arguments[count]) }
        guard arguments.count == count else { throw malformed }
        return arguments
    }

    /// That there is a word too many.
    func unexpected(_ word: Word) -> Diagnostic {
        word.error("nothing is expected after `\(keyword.usage)`")
    }
}
