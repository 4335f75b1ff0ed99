import Foundation
import Testing

@testable import HookPolicy

/// The syntax files for editors know every word of the language, and no other one.
struct SyntaxFileTests {
    private static let folder = ExamplePolicies.folder.deletingLastPathComponent()

    private static let statements = Set(Keyword.allCases.filter { $0 != .close }.map(\.rawValue))
    private static let rules: Set = ["allow", "deny", "learn"]
    private static let clauses = Set(ClauseReader.Clause.allCases.map(\.rawValue))
    private static let accesses = Set(Access.allCases.map(\.word))
    private static let words: Set<String> = {
        let lists: [[String]] = [
            SELinuxRequirement.allCases.map(\.word), PolicyReader.peerWords, FileKinds.words.map(\.word),
            [SymlinkRule.none, .inside, .follow].map(\.word), OwnStatement.Kind.allCases.map(\.word),
            ["off", "burst", "allow"],
        ]
        return Set(lists.joined()).subtracting(accesses).subtracting(["label"])
    }()

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    /// The alternatives `(a|b)` behind some text.
    private func alternatives(in text: String, behind mark: String, parting: String, end: String) throws -> Set<String>
    {
        let start = try #require(text.range(of: mark)).upperBound
        let stop = try #require(text.range(of: end, range: start..<text.endIndex)).lowerBound
        return Set(text[start..<stop].components(separatedBy: parting))
    }

    @Test func `vim knows the words of the language`() throws {
        let text = try text("vim/syntax/openhook.vim")
        func words(_ mark: String) throws -> Set<String> {
            try alternatives(in: text, behind: mark, parting: "\\|", end: "\\)")
        }
        let rules = Self.rules.filter { text.contains("/^\\s*\\zs\($0)\\ze\\s/") }
        #expect(try words("openhookStatement /^\\s*\\zs\\(").union(rules) == Self.statements)
        #expect(rules == Self.rules)
        #expect(try words("openhookAccess /\\<\\(") == Self.accesses)
        #expect(try words("openhookClause /\\s\\zs\\(") == Self.clauses)
        #expect(try words("openhookWord /\\s\\zs\\(") == Self.words)
    }

    @Test func `the TextMate grammar knows the words of the language`() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "textmate/openhook.tmLanguage.json"))
        let grammar = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let repository = try #require(grammar["repository"] as? [String: [String: Any]])
        func words(_ name: String) throws -> Set<String> {
            let match = try #require(repository[name]?["match"] as? String)
            _ = try NSRegularExpression(pattern: match)
            let start = try #require(match.range(of: name == "clause" || name == "word" ? "(?<=\\s)(" : "^\\s*("))
            let end = try #require(match.range(of: ")", range: start.upperBound..<match.endIndex))
            return Set(match[start.upperBound..<end.lowerBound].components(separatedBy: "|"))
        }
        #expect(try words("statement").union(words("rule")) == Self.statements)
        #expect(try words("rule") == Self.rules)
        #expect(try words("clause") == Self.clauses)
        #expect(try words("word").subtracting(["[0-9]+"]) == Self.words.union(Self.accesses))
    }
}
