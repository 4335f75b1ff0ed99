import HookPolicy

/// A random policy over a small alphabet, so that rules meet, tie and hide each other all the time: its text, and its
/// rules as the reference model wants them.
package struct RandomPolicy {
    package private(set) var text = "openhook 1\nvm web01\n"
    package private(set) var rules: [Reference.Rule] = []
    private var stated: Set<String> = []
    private let lacksRoots: Bool

    package init(using random: inout SeededGenerator) {
        lacksRoots = random.chance(30)
        for _ in 0..<(1 + random.below(7)) {
            if !lacksRoots, random.chance(35) {
                addRoot(using: &random)
            } else {
                addRule(in: nil, using: &random)
            }
        }
    }

    /// A clean name that rules may be about.
    package static func name(using random: inout SeededGenerator) -> [UInt8] {
        var name: [UInt8] = []
        for _ in 0..<(1 + random.below(4)) {
            name.append(Reference.slash)
            for _ in 0..<(1 + random.below(2)) { name.append(random.pick(letters)) }
        }
        return name
    }

    /// A name that one of the rules matches, if the attempt makes a clean one.
    package func nearName(using random: inout SeededGenerator) -> [UInt8] {
        guard !rules.isEmpty else { return RandomPolicy.name(using: &random) }
        var name: [UInt8] = []
        for token in random.pick(random.pick(rules).alternatives) {
            switch token {
            case .byte(let byte): name.append(byte)
            case .anyByte: name.append(random.pick(RandomPolicy.letters))
            case .oneOf(_, let negated): name.append(UInt8(ascii: negated ? "b" : "a"))
            case .star: name += random.pick(["", "a", "b", "ab"]).utf8
            case .starStar: name += random.pick(["", "a", "b", "a/b", "b/a/a"]).utf8
            }
        }
        return AbsolutePath(name) == nil ? RandomPolicy.name(using: &random) : name
    }

    private static let letters = Array("aab".utf8)

    // MARK: Statements

    private mutating func addRoot(using random: inout SeededGenerator) {
        let directory = random.pick(["/", "/a", "/b", "/a/b", "/a/a", "/ab"])
        text += "root r\(stated.count)x\(text.utf8.count) \(directory) {\n"
        for _ in 0..<random.below(4) { addRule(in: directory, using: &random) }
        text += "}\n"
    }

    private mutating func addRule(in directory: String?, using random: inout SeededGenerator) {
        let verb = random.pick([Rule.Verb.allow, .allow, .allow, .allow, .deny, .deny, .learn])
        let access = random.pick(verb == .learn ? [Access.readOnly, .readWrite] : Access.allCases)
        let pattern = RandomPattern(using: &random)
        let prefix = directory.map { $0 == "/" ? "/" : $0 + "/" } ?? "/"
        let keys = pattern.alternatives.map { "\(verb.word) \(access.word) \(prefix)\($0.map(\.written).joined())" }
        guard stated.isDisjoint(with: keys) else { return }
        stated.formUnion(keys)
        let written = (directory == nil ? "/" : "") + pattern.text
        text += "\(directory == nil ? "" : "    ")\(verb.word) \(access.word) \(written)\n"
        let bytes = prefix.utf8.map { Reference.Token.byte($0) }
        rules.append(
            Reference.Rule(verb: verb, access: access, alternatives: pattern.alternatives.map { bytes + $0 }))
    }
}

/// A random relative pattern, and what it stands for.
package struct RandomPattern {
    package private(set) var text = ""
    package private(set) var alternatives: [[Reference.Token]] = [[]]

    package init(using random: inout SeededGenerator) {
        for index in 0..<(1 + random.below(3)) {
            if index > 0 { add(.byte(Reference.slash)) }
            addComponent(using: &random)
        }
    }

    private mutating func add(_ token: Reference.Token) {
        text += token.written
        alternatives = alternatives.map { $0 + [token] }
    }

    private mutating func addComponent(using random: inout SeededGenerator) {
        var hasStar = false
        for _ in 0..<(1 + random.below(3)) {
            switch random.below(14) {
            case 0...1 where !hasStar: add(.star)
            case 2...3 where !hasStar: add(.starStar)
            case 4: add(.anyByte)
            case 5: add(.oneOf([UInt8(ascii: "a")], negated: random.chance(50)))
            case 6: add(.oneOf([UInt8(ascii: "a"), UInt8(ascii: "b")], negated: false))
            case 7: addAlternatives(using: &random)
            default: add(.byte(random.pick(Array("aab".utf8))))
            }
            // Two stars side by side would mean something else.
            hasStar = text.last == "*"
        }
    }

    /// `{a,b}`, `{ab,b}` or `{a?b,a/b}`: they begin and end with letters, so that no stars meet.
    private mutating func addAlternatives(using random: inout SeededGenerator) {
        let a = Reference.Token.byte(UInt8(ascii: "a"))
        let b = Reference.Token.byte(UInt8(ascii: "b"))
        let choices = random.pick([
            [[a], [b]], [[a, b], [b]], [[a, .anyByte, b], [a, .byte(Reference.slash), b]], [[a], [a, .star, a], [b]],
        ])
        text += "{" + choices.map { $0.map(\.written).joined() }.joined(separator: ",") + "}"
        var seen: Set<[Reference.Token]> = []
        alternatives = alternatives.flatMap { before in choices.map { before + $0 } }.filter {
            seen.insert($0).inserted
        }
    }
}

extension Reference.Token {
    /// As the language writes it.
    package var written: String {
        switch self {
        case .byte(let byte): String(UnicodeScalar(byte))
        case .anyByte: "?"
        case .star: "*"
        case .starStar: "**"
        case .oneOf(let bytes, let negated):
            "[" + (negated ? "!" : "") + String(decoding: bytes.sorted(), as: UTF8.self) + "]"
        }
    }
}
