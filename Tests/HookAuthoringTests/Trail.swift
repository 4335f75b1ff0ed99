import Foundation
import HookLinux
import HookPolicy
import HookServer
import SystemPackage
import Testing

@testable import HookAuthoring

/// An audit trail of some requests, as a server with a policy would write it.
final class Trail {
    let file: URL

    init(_ lines: [String]) throws {
        file = FileManager.default.temporaryDirectory.appending(component: "trail-\(UUID().uuidString)")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    }

    deinit {
        do { try FileManager.default.removeItem(at: file) } catch { print("not removed: \(file.path)") }
    }

    func log() throws -> AuditLog { try AuditLog(SystemPath(text: file.path)) }

    /// The record of one request.
    static func line(_ name: [UInt8], _ access: Access, creating: Bool = false, by policy: Policy) -> String {
        let flags = ["O_RDONLY", "O_WRONLY", "O_RDWR"][Int(access.rawValue)] + (creating ? "|O_CREAT" : "")
        let text = String(decoding: name, as: UTF8.self).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let hex = name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let exact = String(validating: name, as: UTF8.self) == nil ? ",\"name_hex\":\"\(hex)\"" : ""
        let common = "\"name\":\"\(text)\"\(exact),\"flags\":\"\(flags)\",\"access\":\"\(access.word)\",\"peer_pid\":7"
        let verdict = policy.decide(name.span, access)
        var isGranted = verdict.grantingRule != nil
        if creating, let rule = verdict.grantingRule, policy.rules[rule].creation == nil { isGranted = false }
        let head = "{\"time\":\"2026-11-21T00:37:41Z\",\"vm\":\"web01\",\"generation\":1,\"event\":"
        guard isGranted else {
            return head + "\"refused\",\"stage\":\"policy\",\"reason\":\"no\",\(common),\"result\":\"refused\"}"
        }
        if case .learning = verdict { return head + "\"would-deny\",\(common),\"result\":\"granted\"}" }
        return head + "\"opened\",\(common),\"result\":\"granted\"}"
    }
}

/// Parses a text as the file `vm.policy`, without includes.
func parsed(_ text: some StringProtocol) -> ParseResult { parsed(Array(text.utf8)) }

func parsed(_ bytes: [UInt8]) -> ParseResult {
    PolicyParser.parse(main: SourceFile(name: Array("vm.policy".utf8), bytes: bytes)) { _ in
        .unreadable(.noSuchFileOrDirectory)
    }
}

func policy(_ statements: String) throws -> Policy {
    let result = parsed("openhook 1\nvm web01\n" + statements)
    #expect(result.diagnostics.filter { $0.severity == .error }.map { $0.render(in: result.sources) } == [])
    return try #require(result.policy)
}

extension LearnSession {
    /// The outcome of agreeing to everything.
    func outcomeOfEverything() throws(Failure) -> Outcome { try outcome(of: everything) }

    func outcome(of decisions: Decisions) throws(Failure) -> Outcome {
        try outcome(of: decisions) { text in
            let result = parsed(text)
            return result.policy.map { .success($0) } ?? .failure(.wrong(result.diagnostics, result.sources))
        }
    }

    /// What the replay says against a changed policy.
    func violations(of decisions: Decisions) -> (shown: [String], count: Int) {
        do throws(Failure) {
            _ = try outcome(of: decisions)
            return ([], 0)
        } catch {
            guard case .violations(let violations, let count) = error else { return (["\(error)"], 0) }
            return (violations.map { "\($0.kind) \(escaped($0.name)) \($0.line)" }, count)
        }
    }
}
