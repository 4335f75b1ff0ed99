import SystemPackage
import Testing

@testable import HookPolicy

struct IncludeTests {
    private func parse(
        _ text: String, as name: String = "/etc/openhook/vm.policy", include: (String) -> IncludeResult
    ) -> ParseResult {
        PolicyParser.parse(main: SourceFile(name: bytes(name), bytes: bytes(text))) { path in
            include(String(decoding: path, as: UTF8.self))
        }
    }

    @Test func `an include's name is relative to the file that it stands in`() throws {
        var asked: [String] = []
        let result = parse("openhook 1\nvm a\ninclude sub/x\ninclude /abs/y\n") { path in
            asked.append(path)
            return .file(path.hasSuffix("x") ? bytes("include z\nallow ro /a\n") : bytes("# nothing\n"))
        }
        #expect(asked == ["/etc/openhook/sub/x", "/etc/openhook/sub/z", "/abs/y"])
        let policy = try #require(result.policy)
        #expect(policy.describe(0) == "/etc/openhook/sub/x:2")
    }

    @Test func `variables of an include hold behind it`() throws {
        let result = parse("openhook 1\nvm a\ninclude x\nallow ro /${disk}\n") { _ in .file(bytes("variable disk d\n"))
        }
        #expect(result.policy?.rules[0].exactName == AbsolutePath("/d"))
    }

    @Test func `includes nest eight deep and no deeper`() {
        let result = parse("openhook 1\nvm a\ninclude x\n") {
            .file(bytes("include \($0.split(separator: "/").last ?? "")x\n"))
        }
        #expect(
            result.rendered == [
                """
                /etc/openhook/xxxxxxxx:1:1: error: includes nest at most 8 deep
                    include xxxxxxxxx
                    ^~~~~~~~~~~~~~~~~
                """
            ])
    }

    @Test(arguments: [
        ("the same name twice", "include x\ninclude x\n", "`/etc/openhook/x` is part of this policy already"),
        ("the main file", "include vm.policy\n", "`/etc/openhook/vm.policy` is part of this policy already"),
        ("another name of a file", "include same\n", "`/etc/openhook/same` is part of this policy already"),
        ("an unreadable file", "include secret\n", "cannot read `/etc/openhook/secret`: Permission denied"),
        ("an untrusted file", "include open\n", "`/etc/openhook/open` is not used: the file can be written by others"),
        ("a file that is too long", "include long\n", "a policy file is at most 4194304 bytes long"),
        ("a second version", "include version\n", "an included file does not repeat `openhook 1`"),
        ("an open block", "include block\n", "this root's block has no `}` at its end"),
        ("a block that is not its own", "root r /a {\ninclude x\n}\n", "`include` stands outside roots"),
    ])
    func `an include is refused`(row: (what: String, text: String, message: String)) {
        let result = parse("openhook 1\nvm a\n" + row.text) { path in
            switch path.split(separator: "/").last {
            case "same": .alreadyIncluded
            case "secret": .unreadable(.permissionDenied)
            case "open": .untrusted("can be written by others")
            case "long": .file([UInt8](repeating: UInt8(ascii: "\n"), count: 4 << 20 + 1))
            case "version": .file(bytes("openhook 1\n"))
            case "block": .file(bytes("root r /a {\n"))
            default: .file([])
            }
        }
        #expect(result.policy == nil)
        #expect(result.diagnostics.map(\.message) == [row.message])
    }

    @Test func `a policy and its includes together have a limit`() {
        let limits = ReadingLimits(bytes: 90)
        let main = SourceFile(name: bytes("vm.policy"), bytes: bytes("openhook 1\nvm a\ninclude x\ninclude y\n"))
        let result = PolicyParser.parse(main: main, limits: limits) { _ in
            .file(bytes("# thirty bytes are in this one\n"))
        }
        #expect(
            result.rendered == [
                """
                y:1:1: error: a policy with its includes is at most 90 bytes long
                    # thirty bytes are in this one
                    ^
                """
            ])
        #expect(ReadingLimits().bytes == 16 << 20)
    }
}
