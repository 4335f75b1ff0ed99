import HookPolicy
import SystemPackage
import Testing

/// Parses a text as the file `vm.policy`, with includes from a table.
func parse(_ text: String, includes: [String: String] = [:]) -> ParseResult {
    parse(Array(text.utf8), includes: includes)
}

func parse(_ bytes: [UInt8], includes: [String: String] = [:]) -> ParseResult {
    PolicyParser.parse(main: SourceFile(name: Array("vm.policy".utf8), bytes: bytes)) { path in
        guard let text = includes[String(decoding: path, as: UTF8.self)] else {
            return .unreadable(.noSuchFileOrDirectory)
        }
        return .file(Array(text.utf8))
    }
}

/// A policy of these statements, which has no error; `openhook` and `vm` come first.
func policy(
    _ statements: String, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Policy {
    let result = parse("openhook 1\nvm web01\n" + statements)
    let errors = result.diagnostics.filter { $0.severity == .error }.map { $0.render(in: result.sources) }
    #expect(errors == [], sourceLocation: sourceLocation)
    return try #require(result.policy, sourceLocation: sourceLocation)
}

extension ParseResult {
    /// All diagnostics as they are shown.
    var rendered: [String] { diagnostics.map { $0.render(in: sources) } }

    /// The first lines of the warnings.
    var warnings: [String] {
        diagnostics.filter { $0.severity == .warning }.map {
            "\($0.span.line): \($0.message)"
        }
    }
}

extension Policy {
    func decide(_ name: String, _ access: Access) -> Verdict {
        decide(Array(name.utf8).span, access)
    }
}

extension Rule {
    func matches(_ name: String) -> Bool {
        matches(Array(name.utf8).span)
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
