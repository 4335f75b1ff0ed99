import HookLinux
import SystemPackage
import TestSupport
import Testing

/// A directory of images, one beside it that no policy names, and a server.
final class Scene {
    let top: ScratchDirectory

    init(_ prepare: (ScratchDirectory) throws -> Void = { _ in }) throws {
        top = try ScratchDirectory()
        try top.directory("images")
        try top.file("images/disk", "image")
        try top.directory("outside")
        try top.file("outside/secret", "secret")
        try prepare(top)
    }

    /// A policy of one root, `images`, with the given rules in it.
    ///
    /// - Parameters:
    ///   - rules: `TOP` stands for the scratch directory.
    ///   - outside: statements outside of the root.
    func policy(_ rules: String, clauses: String = "", outside: String = "") -> String {
        """
        openhook 1
        vm test
        selinux off
        peer any
        rate off
        \(outside.replacing("TOP", with: top.path))
        root images \(top.path)/images {
        \(clauses)
        \(rules.replacing("TOP", with: top.path))
        }

        """
    }

    func serve(
        _ rules: String, clauses: String = "", outside: String = "",
        _ change: (inout TestServer.Settings) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(policy(rules, clauses: clauses, outside: outside), change)
    }

    func name(_ relative: String) -> String { top.path("images/\(relative)") }
}
