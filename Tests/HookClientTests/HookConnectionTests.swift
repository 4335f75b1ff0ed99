import Glibc
import HookClient
import HookLinux
import HookWire
import SystemPackage
import Testing

extension HookConnection {
    /// What came of a request in one word, for comparison; a descriptor is closed.
    func outcome(of name: String = "/disk") -> Outcome {
        do throws(ClientError) {
            switch try open(name: Array(name.utf8), flags: 2, mode: 0) {
            case .granted: return .granted
            case .refused(let errno): return .refused(errno)
            }
        } catch {
            return .failed(error)
        }
    }
}

enum Outcome: Equatable {
    case granted
    case refused(Errno)
    case failed(ClientError)
}

@Suite struct HookConnectionTests {
    @Test(arguments: UnixSocket.Style.allCases)
    func `a granted request brings the server's open file`(style: UnixSocket.Style) throws {
        let server = try ScriptedServer(style)
        let connection = try server.connection()
        try server.say(reply(result: 0), passing: [STDIN_FILENO])
        switch try connection.open(name: Array("/a".utf8), flags: 0o40002, mode: 0o600) {
        case .granted(let descriptor):
            #expect(descriptor.number > 2)
            #expect(identity(of: descriptor.number) == identity(of: STDIN_FILENO))
            #expect(fcntl(descriptor.number, F_GETFD) == FD_CLOEXEC)
        case .refused(let errno):
            Issue.record("refused: \(errno)")
        }
        #expect(server.heard() == (try RequestEncoder.encode(flags: 0o40002, mode: 0o600, name: Array("/a".utf8))))
    }

    @Test(arguments: UnixSocket.Style.allCases)
    func `a refusal is an answer and the connection goes on`(style: UnixSocket.Style) throws {
        let server = try ScriptedServer(style)
        let connection = try server.connection()
        for errno in [Errno.permissionDenied, .noSuchFileOrDirectory, Errno(rawValue: 4095)] {
            try server.say(reply(result: 0 - errno.rawValue))
            #expect(connection.outcome() == .refused(errno))
        }
    }

    @Test func `a reply that comes byte by byte is one reply`() throws {
        let server = try ScriptedServer()
        let connection = try server.connection()
        let bytes = reply(result: 0)
        try server.say([bytes[0]], passing: [STDIN_FILENO])
        for byte in bytes.dropFirst() { try server.say([byte]) }
        #expect(connection.outcome() == .granted)
    }

    @Test func `a name that cannot be sent leaves the connection as it was`() throws {
        let server = try ScriptedServer()
        let connection = try server.connection()
        #expect(connection.outcome(of: "/a\0b") == .failed(.unsendableName(.invalidArgument)))
        #expect(
            connection.outcome(of: String(repeating: "n", count: 65_536))
                == .failed(.unsendableName(.fileNameTooLong)))
        try server.say(reply(result: -2))
        #expect(connection.outcome() == .refused(.noSuchFileOrDirectory))
    }

    @Test(arguments: UnixSocket.Style.allCases)
    func `end of file is no answer`(style: UnixSocket.Style) throws {
        let server = try ScriptedServer(style)
        let connection = try server.connection()
        server.endWriting()
        #expect(connection.outcome() == .failed(.endOfFile))
        #expect(connection.outcome() == .failed(.unusable))
    }

    @Test(arguments: UnixSocket.Style.allCases)
    func `a server that has gone is an error and no signal`(style: UnixSocket.Style) throws {
        let connection = try ScriptedServer(style).connection()
        #expect(connection.outcome() == .failed(.endOfFile))
    }

    @Test func `end of file in the middle of a reply is no answer`() throws {
        let server = try ScriptedServer()
        let connection = try server.connection()
        try server.say(Array(reply(result: 0).prefix(5)), passing: [STDIN_FILENO])
        server.endWriting()
        #expect(connection.outcome() == .failed(.endOfFile))
    }

    @Test(arguments: [
        (reply(size: 13, result: 0), ProtocolViolation.replySize(messageSize: 13)),
        (reply(command: 2, result: -38), .replyCommand(2)),
        (reply(result: 5), .replyResult(5)),
        (reply(result: .min), .replyResult(.min)),
    ])
    func `what is no reply ends the connection`(bytes: [UInt8], violation: ProtocolViolation) throws {
        let server = try ScriptedServer()
        let connection = try server.connection()
        try server.say(bytes, passing: [STDIN_FILENO])
        #expect(connection.outcome() == .failed(.violation(violation)))
        #expect(connection.outcome() == .failed(.unusable))
    }

    @Test func `a packet of another length is no reply`() throws {
        for (bytes, violation) in [
            (reply(result: 0) + [0], ProtocolViolation.packetTruncated(received: 12)),
            (Array(reply(result: 0).prefix(8)), .replyTooShort(8)),
        ] {
            let server = try ScriptedServer(.seqpacket)
            let connection = try server.connection()
            try server.say(bytes)
            #expect(connection.outcome() == .failed(.violation(violation)))
        }
    }

    @Test func `descriptors beyond the one are refused`() throws {
        for (result, descriptors) in [(0, [0, 0]), (-13, [0])] as [(Int32, [CInt])] {
            let server = try ScriptedServer()
            let connection = try server.connection()
            try server.say(reply(result: result), passing: descriptors)
            #expect(connection.outcome() == .failed(.surplusDescriptors(descriptors.count)))
        }
    }

    @Test func `a grant without a descriptor is an error and the connection goes on`() throws {
        let server = try ScriptedServer()
        let connection = try server.connection()
        try server.say(reply(result: 0))
        #expect(connection.outcome() == .failed(.stripped(.neverSent)))
        try server.say(reply(result: 0), passing: [STDIN_FILENO])
        #expect(connection.outcome() == .granted)
    }

    @Test func `a descriptor lost to the limit of open files is told from others`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            exit(try outcomeWithoutRoom() == .failed(.stripped(.descriptorLimit)) ? 42 : 1)
        }
    }

    @Test func `no answer leaks a descriptor`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            let before = descriptorsAtRisk()
            try provokeEveryError()
            exit(descriptorsAtRisk() == before ? 42 : 1)
        }
    }
}

// Bodies of exit tests that hold values with a `deinit` are functions of their own: in a function that ends with
// `exit` nothing would say when those values end.

/// A granted request of a process that has all the descriptors it may have.
private func outcomeWithoutRoom() throws -> Outcome {
    let server = try ScriptedServer()
    let connection = try server.connection()
    try server.say(reply(result: 0), passing: [STDIN_FILENO])
    var limit = rlimit(rlim_cur: 3, rlim_max: 3)
    unsafe setrlimit(__rlimit_resource_t(7), &limit)
    let outcome = connection.outcome()
    try #require(!server.heard().isEmpty)
    return outcome
}

/// Every kind of answer, each with descriptors, to a connection of its own.
private func provokeEveryError() throws {
    for style in UnixSocket.Style.allCases {
        for (bytes, descriptors) in [
            (reply(result: 0), [0]), (reply(result: 0), [0, 0, 0]), (reply(result: -13), [0]),
            (reply(size: 7, result: 0), [0]), (reply(command: 9, result: 0), [0]),
            (Array(reply(result: 0).prefix(4)), [0]),
        ] as [([UInt8], [CInt])] {
            let server = try ScriptedServer(style)
            let connection = try server.connection()
            try server.say(bytes, passing: descriptors)
            server.endWriting()
            _ = connection.outcome()
        }
    }
}
