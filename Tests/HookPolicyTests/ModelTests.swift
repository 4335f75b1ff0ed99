import HookPolicy
import Testing

struct ModelTests {
    @Test(arguments: ["/", "/a", "/a/b", "/.a", "/...", "/a b", "/" + String(repeating: "a", count: 4094)])
    func `a clean absolute name is a path`(name: String) {
        #expect(AbsolutePath(name)?.bytes == bytes(name))
    }

    @Test(arguments: [
        "", "a", "a/b", "//", "/a/", "/a//b", "/.", "/a/.", "/a/./b", "/..", "/a/../b", "/a\0b",
        "/" + String(repeating: "a", count: 4095),
    ])
    func `another name is no path`(name: String) {
        #expect(AbsolutePath(name) == nil)
    }

    @Test func `a path knows its directory`() throws {
        let path = try #require(AbsolutePath("/a/b"))
        #expect(path.parent == AbsolutePath("/a"))
        #expect(path.parent.parent == .root)
        #expect(AbsolutePath.root.parent == .root)
        #expect(path.isBeneathOrEqual(path.parent))
        #expect(path.isBeneathOrEqual(.root))
        #expect(!path.isBeneathOrEqual(try #require(AbsolutePath("/a/bc"))))
        #expect(!(try #require(AbsolutePath("/a/bc"))).isBeneathOrEqual(path))
    }

    @Test func `accesses cover and overlap`() {
        let covering = Access.allCases.map { one in Access.allCases.filter(one.covers) }
        #expect(covering == [[.readOnly], [.writeOnly], [.readOnly, .writeOnly, .readWrite]])
        let overlapping = Access.allCases.map { one in Access.allCases.filter(one.overlaps) }
        #expect(
            overlapping == [
                [.readOnly, .readWrite], [.writeOnly, .readWrite], [.readOnly, .writeOnly, .readWrite],
            ])
    }

    @Test func `a label without a level is the same for every peer`() throws {
        let policy = try policy("allow ro /a label u:r:t:s0\nallow ro /b label u:r:t:${level}\n")
        let labels = policy.rules.compactMap(\.label)
        #expect(labels.map { $0.context(level: nil) } == [bytes("u:r:t:s0"), nil])
        #expect(labels.map { $0.context(level: []) } == [bytes("u:r:t:s0"), nil])
        #expect(labels.map { $0.context(level: bytes("s0:c5")) } == [bytes("u:r:t:s0"), bytes("u:r:t:s0:c5")])
    }

    @Test func `a diagnostic from elsewhere looks the same`() throws {
        let policy = try policy("allow ro /a # x\n")
        let note = Diagnostic.Note("it is called so here", at: SourceSpan(file: 0, line: 2, column: 4, length: 5))
        let diagnostic = Diagnostic(
            .warning, at: policy.rules[0].patternSpan, "no such file", suggestion: "/b",
            notes: [note, Diagnostic.Note("nothing else")])
        #expect(
            diagnostic.render(in: policy.sources) == """
                vm.policy:3:10: warning: no such file, did you mean `/b`?
                    allow ro /a # x
                             ^~
                vm.policy:2:4: note: it is called so here
                    vm web01
                       ^~~~~
                note: nothing else
                """)
    }

    @Test func `places that are not in the text are shown without harm`() throws {
        let policy = try policy("")
        for span in [
            SourceSpan(file: 9, line: 1, column: 1, length: 1), SourceSpan(file: 0, line: 99, column: 1, length: 1),
            SourceSpan(file: 0, line: 0, column: 0, length: 0), SourceSpan(file: -1, line: -1, column: -1, length: -1),
            SourceSpan(file: 0, line: 1, column: 60000, length: 70000),
        ] {
            let text = Diagnostic(.error, at: span, "x").render(in: policy.sources)
            #expect(text.contains("error: x"))
        }
    }

    @Test func `lines are found in a long file`() {
        let text = (1...1000).map { "line \($0)\n" }.joined()
        let file = SourceFile(name: bytes("x"), bytes: bytes(text))
        for number in [1, 2, 63, 64, 65, 128, 129, 999, 1000] {
            #expect(Array(file.line(number)) == bytes("line \(number)"))
        }
        #expect(file.line(0).isEmpty)
        #expect(file.line(1001).isEmpty)
        #expect(file.line(5000).isEmpty)
    }

    @Test(arguments: [
        ("/", "/"), ("//", "/"), ("/a", "/a"), ("/a/", "/a"), ("/a/b///", "/a/b"), ("", nil), ("a/", nil),
        ("/a//b/", nil),
        ("/../", nil),
    ])
    func `a directory's name may end in slashes`(row: (text: String, name: String?)) {
        #expect(AbsolutePath(directory: Array(row.text.utf8)) == row.name.flatMap { AbsolutePath($0) })
    }
}
