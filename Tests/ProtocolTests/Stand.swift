import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Two files and a server that grants one of them for reading and writing, and the other one for reading.
final class Stand {
    let server: TestServer
    var directory: ScratchDirectory { server.directory }
    var disk: String { directory.path("images/disk") }
    var base: String { directory.path("images/base") }
    private let descriptors: Int

    /// - Parameters:
    ///   - statements: of the policy, outside of its root.
    ///   - peer: who may ask.
    init(
        peer: String = "peer any", statements: String = "", _ change: (inout TestServer.Settings) -> Void = { _ in }
    ) throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/disk", "image", mode: 0o666)
        try directory.file("images/base", "base", mode: 0o644)
        server = try TestServer(
            Self.policy(peer: peer, statements: statements, images: directory.path("images")), in: directory, change)
        descriptors = try server.descriptorCount()
    }

    static func policy(peer: String, statements: String = "", images: String) -> String {
        """
        openhook 1
        vm test
        selinux off
        \(peer)
        \(statements)
        root images \(images) {
            allow rw disk
            allow ro base
        }

        """
    }

    func policy(peer: String, statements: String = "") -> String {
        Self.policy(peer: peer, statements: statements, images: directory.path("images"))
    }

    /// The server has come back to as many descriptors as before: nothing leaked.
    func expectNoLeak(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(try server.descriptorCount(awaiting: descriptors) == descriptors, sourceLocation: location)
    }

    /// The same with one connection open, whose last grant is closed before its next request is answered.
    func expectNoLeakBeside(_ connection: RawConnection, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(
            try connection.open("/unlisted", OpenFlag.readOnly).errno == .permissionDenied, sourceLocation: location)
        // Its socket, and the thread's own descriptor of /proc.
        let expected = descriptors + 2
        #expect(try server.descriptorCount(awaiting: expected) == expected, sourceLocation: location)
    }
}

/// Both styles, where a row makes sense for both.
enum Style: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case stream, packets

    var testDescription: String { rawValue }
    var socket: UnixSocket.Style { self == .stream ? .stream : .seqpacket }
    /// What the C client has to be told.
    var words: [String] { self == .stream ? [] : ["--seqpacket"] }
}
