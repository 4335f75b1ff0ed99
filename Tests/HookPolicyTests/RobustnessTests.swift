import PolicyTestSupport
import Testing

@testable import HookPolicy

/// Whatever the bytes are, reading them ends with a policy or with errors.
struct RobustnessTests {
    /// Reads bytes, and does with the result what a caller would do.
    private func exercise(_ text: [UInt8]) {
        let result = parse(text, includes: ["x": "allow ro /included\n", "y": "include x\nroot r /a {\n"])
        for diagnostic in result.diagnostics { _ = diagnostic.render(in: result.sources) }
        #expect((result.policy == nil) == result.diagnostics.contains { $0.severity == .error })
        guard let policy = result.policy else { return }
        let name = bytes("/srv/nfs/images/web01.qcow2")
        for access in Access.allCases {
            let verdict = policy.decide(name.span, access)
            _ = policy.explain(verdict, name: name, access: access, creating: true)
        }
        _ = policy.denyIndex(realDirectories: [[], nil, [0]]).rule(denying: name.span, .readWrite)
        #expect(parse(PolicyPrinter.print(policy)).policy != nil)
    }

    @Test func `a policy with bytes changed, lost or doubled does no harm`() {
        var random = SeededGenerator(seed: 1)
        let original = bytes(ExampleTests.text)
        let odd = Array("*?[]{}\"\\$#/.\n\t \r".utf8) + [0, 1, 0x7F, 0x80, 0xFF]
        for _ in 0..<600 {
            var text = original
            for _ in 0..<(1 + random.below(6)) {
                let index = random.below(text.count)
                switch random.below(4) {
                case 0: text[index] = random.pick(odd)
                case 1: text.remove(at: index)
                case 2: text.insert(random.pick(odd), at: index)
                default: text.insert(contentsOf: text[index...].prefix(random.below(40)), at: random.below(text.count))
                }
            }
            exercise(text)
        }
    }

    @Test func `words in any order do no harm`() {
        var random = SeededGenerator(seed: 2)
        let words = [
            "openhook", "1", "vm", "web01", "allow", "deny", "learn", "ro", "rw", "wo", "/a", "/a/*", "/a/**/b", "root",
            "r", "{", "}", "label", "u:r:t:${level}", "symlinks", "inside", "follow", "create", "mode", "0600", "limit",
            "3", "kind", "file", "block", "variable", "x", "${x}", "${vm}", "include", "y", "peer", "any", "uid", "own",
            "rate", "off", "\"", "\\", "[a-", "{a,b}", "#", "as", "filesystem",
        ]
        for _ in 0..<600 {
            var text = random.chance(70) ? "openhook 1\nvm web01\n" : ""
            for _ in 0..<random.below(30) {
                text += random.pick(words) + (random.chance(30) ? "\n" : " ")
            }
            exercise(bytes(text))
        }
    }

    @Test func `any bytes do no harm`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            exercise((0..<random.below(200)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    @Test(arguments: [
        ("braces alone", "{", 1 << 17),
        ("lines of nothing", "\n", 1 << 17),
        ("unknown words", "x\n", 1 << 17),
        ("one word", "a", 1 << 17),
        ("backslashes", "\\\n", 1 << 17),
        ("quotes", "\"\n", 1 << 17),
        ("open classes", "allow ro /" + String(repeating: "[", count: 4000) + "\n", 20),
        ("nested alternatives", "allow ro /" + String(repeating: "{", count: 4000) + "\n", 20),
        ("many alternatives", "deny ro /{" + String(repeating: ",", count: 254) + "}${x}\n", 3),
        ("long variables", "own ro /${x}${x} /${x}${x}\n", 50),
    ])
    func `a long hostile file ends with errors`(row: (what: String, piece: String, count: Int)) {
        let head = "openhook 1\nvm a\nvariable x \"\(String(repeating: "y", count: 2000))\"\n"
        let result = parse(bytes(head) + repeatElement(bytes(row.piece), count: row.count).joined())
        #expect(result.diagnostics.count <= 2001)
        _ = result.rendered
    }

    @Test func `a thousand errors are enough`() {
        let result = parse("openhook 1\nvm a\n" + String(repeating: "x\n", count: 3000))
        #expect(result.diagnostics.count == 1000)
        #expect(
            result.rendered.last == """
                vm.policy:1002:1: error: unknown statement `x`
                    x
                    ^
                note: this is error 1000: the rest of the policy was not read
                """)
    }

    @Test func `variables and alternatives cannot fill the memory`() {
        let text = "openhook 1\nvm a\nvariable x abcdefghij\nallow ro /{a,b,c}${x}\nown ro /${x}\nallow ro /${x}\n"
        let main = SourceFile(name: bytes("vm.policy"), bytes: bytes(text))
        let result = PolicyParser.parse(main: main, limits: ReadingLimits(writtenOutBytes: 180)) { _ in .alreadyIncluded
        }
        #expect(
            result.rendered == [
                """
                vm.policy:4:10: error: with variables and alternatives written out, the policy is longer than \
                180 bytes from here on
                    allow ro /{a,b,c}${x}
                             ^~~~~~~~~~~~
                """
            ])
        #expect(ReadingLimits().writtenOutBytes == 32 << 20)
    }
}
