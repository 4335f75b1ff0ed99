import HookPolicy
import Testing

/// What a word stands for.
struct WordTests {
    @Test(arguments: [
        ("a bare word", "/srv/a", "/srv/a"),
        ("a `/` at the end", "/srv/a/", "/srv/a"),
        ("a quoted word", "\"/srv/a b\"", "/srv/a b"),
        ("an escaped blank", "/srv/a\\ b", "/srv/a b"),
        ("an escaped backslash before a blank", "/srv/a\\\\ symlinks none", "/srv/a\\"),
        ("escaped wildcards", "/srv/\\*\\?\\[\\]\\{\\}\\#\\$\\\\", "/srv/*?[]{}#$\\"),
        ("wildcards in quotes", "\"/srv/*?[a]{b,c}\"", "/srv/*?[a]{b,c}"),
        ("escapes in quotes", "\"/srv/\\\"\\\\\\n\\t\\x7F\\x24\"", "/srv/\"\\\n\t\u{7F}$"),
        ("a variable", "/srv/${disk}", "/srv/web*1.raw"),
        ("a variable in quotes", "\"/srv/${disk}\"", "/srv/web*1.raw"),
        ("a variable that uses another one", "/srv/${path}", "/srv/images/web*1.raw"),
        ("predefined variables", "/srv/${vm}/${uuid}", "/srv/web01/4dea22b3-1d52-d8f3-2516-782e98ab3fa0"),
        ("a comment behind blanks", "/srv/a \t # comment", "/srv/a"),
        ("a `#` inside a word", "/srv/a#b", "/srv/a#b"),
        ("a `#` in quotes", "\"/srv/#b\"", "/srv/#b"),
        ("a comma and other bytes that mean nothing", "/srv/a,b-c!d^e~f", "/srv/a,b-c!d^e~f"),
        ("UTF-8", "/srv/ü", "/srv/ü"),
    ])
    func `a word stands for a name`(row: (what: String, word: String, name: String)) throws {
        let policy = try policy(
            """
            uuid 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
            variable disk web*1.raw
            variable path images/${disk}
            \tallow ro \(row.word)
            """)
        #expect(policy.rules.first?.exactName?.bytes == bytes(row.name))
    }

    @Test func `bytes that are no UTF-8 are names`() throws {
        let result = parse(bytes("openhook 1\nvm a\nallow ro /srv/") + [0xFF, 0x80] + bytes("\n"))
        let policy = try #require(result.policy)
        #expect(policy.rules[0].exactName?.bytes == bytes("/srv/") + [0xFF, 0x80])
    }

    @Test func `a file need not end with a line feed`() throws {
        let policy = try #require(parse("openhook 1\nvm a\nallow ro /b").policy)
        #expect(policy.rules.count == 1)
    }

    @Test func `a rule knows its text and place`() throws {
        let policy = try policy("  allow  rw \"/a b\"  create # x\n")
        #expect(policy.rules[0].text == bytes("allow  rw \"/a b\"  create"))
        #expect(policy.rules[0].span == SourceSpan(file: 0, line: 3, column: 3, length: 24))
        #expect(policy.rules[0].patternSpan == SourceSpan(file: 0, line: 3, column: 13, length: 6))
        #expect(policy.describe(0) == "vm.policy:3")
    }
}
