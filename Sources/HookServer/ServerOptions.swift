internal import HookLinux
internal import SystemPackage

/// What `openhookd` was asked to do. Start-up stage 1: nothing is opened here.
package struct ServerOptions: Sendable {
    /// Where clients come from. There is at least one way.
    struct Sources: Sendable {
        /// For open requests.
        var requests: Requests?
        /// For launchers.
        var launchers: Launchers?
        /// What the service manager kept of the server before this one.
        var kept: [ServiceManager.Passed] = []
    }

    enum Requests: Sendable {
        /// `--fd N`: one end of a pair, or a socket that listens already.
        case descriptor(CInt)
        /// `--socket PATH`
        case path(SystemPath, UnixSocket.Style, SocketFile.Access)
    }

    enum Launchers: Sendable {
        /// `--launch-fd N`: the other end is the launcher's.
        case channel(CInt)
        /// A socket that listens already.
        case listener(CInt)
        /// `--launch PATH`
        case path(SystemPath, SocketFile.Access)
    }

    enum AuditDestination: Sendable {
        case standardError
        case standardOutput
        case file([UInt8])
        /// The system's own audit log.
        case linux
    }

    /// What becomes of a request whose record cannot be kept.
    enum AuditLoss: Sendable {
        case refuses
        /// `--audit-optional`
        case tolerated
    }

    var policy: SystemPath
    var sources: Sources
    var peerPid: Int32?
    /// Each of them must have a record.
    var audit: [AuditDestination] = []
    var auditLoss = AuditLoss.refuses
    var readyDescriptor: CInt?
    /// In nanoseconds.
    var openTimeout: Int64 = 5_000_000_000
    var ownership = PolicyLoader.Ownership.checked

    /// What the command line asks for instead of serving.
    package enum Parsed: Sendable {
        case serve(ServerOptions)
        case help
        case version
    }

    /// An error of usage, in words. Exit status 2.
    package struct UsageError: Error, Sendable {
        package let message: String
    }

    private enum Name: Int, CaseIterable {
        case policy, fd, socket, launch, launchFd, uid, gid, mode, seqpacket, peerPid, audit, auditOptional, readyFd
        case openTimeout, allowWritablePolicy
        case version, help

        var word: String {
            switch self {
            case .launchFd: "launch-fd"
            case .peerPid: "peer-pid"
            case .auditOptional: "audit-optional"
            case .readyFd: "ready-fd"
            case .openTimeout: "open-timeout"
            case .allowWritablePolicy: "allow-writable-policy"
            case .policy, .fd, .socket, .launch, .uid, .gid, .mode, .seqpacket, .audit, .version, .help: "\(self)"
            }
        }

        var definition: CommandLineOptions.Definition {
            switch self {
            case .seqpacket, .auditOptional, .allowWritablePolicy, .version, .help: .init(word, .none)
            case .policy, .fd, .socket, .launch, .launchFd, .uid, .gid, .mode, .peerPid, .audit, .readyFd, .openTimeout:
                .init(word, .required)
            }
        }
    }

    /// Reads the command line and the environment of this process.
    package static func ofThisProcess() throws(UsageError) -> Parsed {
        let (items, operands) = CommandLineOptions.scan(Name.allCases.map(\.definition))
        var values: [Name: [UInt8]] = [:]
        var audits: [[UInt8]] = []
        for item in items {
            switch item {
            case .help: return .help
            case .unknown(let text): throw UsageError(message: "unknown option \(quoted(text))")
            case .valueMissing(let text): throw UsageError(message: "option \(quoted(text)) needs a value")
            case .option(let index, let value):
                guard let name = Name(rawValue: index) else { continue }
                if name == .help { return .help }
                if name == .version { return .version }
                // The only one that may be given several times.
                if name == .audit {
                    guard !audits.contains(value) else {
                        throw UsageError(message: "\(quoted(value)) is given to --audit twice")
                    }
                    audits.append(value)
                    continue
                }
                guard values.updateValue(value, forKey: name) == nil else {
                    throw UsageError(message: "option --\(name.word) is given twice")
                }
            }
        }
        if let operand = operands.first { throw UsageError(message: "unexpected argument \(quoted(operand))") }
        return .serve(try ServerOptions(values, audits))
    }

    private init(_ values: [Name: [UInt8]], _ audits: [[UInt8]]) throws(UsageError) {
        guard let policy = values[.policy] else { throw UsageError(message: "--policy FILE is required") }
        self.policy = try Self.path(policy, "--policy")
        sources = try Self.sources(values)
        if let pid = values[.peerPid] {
            peerPid = try Self.number(pid, "--peer-pid", 1...Int32.max)
        } else if let pid = ThisProcess.environment("OPENHOOK_AUTH_PID") {
            peerPid = try Self.number(pid, "OPENHOOK_AUTH_PID", 1...Int32.max)
        }
        audit = try audits.map { (word) throws(UsageError) in try Self.destination(word) }
        if audit.isEmpty { audit = [.standardError] }
        if values[.auditOptional] != nil { auditLoss = .tolerated }
        readyDescriptor = try values[.readyFd].map { (text) throws(UsageError) in
            try Self.number(text, "--ready-fd", 0...CInt.max)
        }
        try requireDifferentDescriptors(isFdGiven: values[.fd] != nil)
        if let seconds = values[.openTimeout] {
            openTimeout = Int64(try Self.number(seconds, "--open-timeout", 1...3600)) * 1_000_000_000
        }
        if values[.allowWritablePolicy] != nil { ownership = .anyone }
    }

    /// Each number becomes a descriptor of its own, which is closed once.
    private func requireDifferentDescriptors(isFdGiven: Bool) throws(UsageError) {
        let passed = "LISTEN_FDS"
        var given: [(option: String, number: CInt)] = []
        if case .descriptor(let number)? = sources.requests {
            given.append((isFdGiven ? "--fd" : passed, number))
        }
        switch sources.launchers {
        case .channel(let number): given.append(("--launch-fd", number))
        case .listener(let number): given.append((passed, number))
        case .path, nil: break
        }
        given += sources.kept.map { (passed, $0.number) }
        if let readyDescriptor { given.append(("--ready-fd", readyDescriptor)) }
        for (index, one) in given.enumerated() {
            guard let other = given[..<index].first(where: { $0.number == one.number }) else { continue }
            throw UsageError(message: "\(other.option) and \(one.option) are the same descriptor")
        }
    }

    private static func destination(_ word: [UInt8]) throws(UsageError) -> AuditDestination {
        if word == [UInt8(ascii: "-")] { return .standardOutput }
        // A file of that name is ./linux.
        if word.elementsEqual("linux".utf8) { return .linux }
        return .file(try path(word, "--audit").bytes)
    }

    private static func sources(_ values: [Name: [UInt8]]) throws(UsageError) -> Sources {
        var sources = try passedSources()
        guard values[.socket] == nil || values[.fd] == nil else {
            throw UsageError(message: "--socket and --fd exclude each other")
        }
        guard values[.launch] == nil || values[.launchFd] == nil else {
            throw UsageError(message: "--launch and --launch-fd exclude each other")
        }
        let access = try access(values)
        if let path = values[.socket] {
            let style: UnixSocket.Style = values[.seqpacket] == nil ? .stream : .seqpacket
            sources.requests = .path(try Self.path(path, "--socket"), style, access)
        } else if values[.seqpacket] != nil {
            throw UsageError(message: "--seqpacket goes with --socket")
        }
        if let fd = values[.fd] { sources.requests = .descriptor(try number(fd, "--fd", 3...CInt.max)) }
        if let path = values[.launch] { sources.launchers = .path(try Self.path(path, "--launch"), access) }
        if let fd = values[.launchFd] { sources.launchers = .channel(try number(fd, "--launch-fd", 3...CInt.max)) }
        guard sources.requests != nil || sources.launchers != nil else {
            throw UsageError(
                message: "one of --socket PATH, --fd N, --launch PATH and --launch-fd N is required, "
                    + "or a socket by LISTEN_FDS")
        }
        return sources
    }

    private static func access(_ values: [Name: [UInt8]]) throws(UsageError) -> SocketFile.Access {
        if values[.socket] == nil, values[.launch] == nil {
            let ofSockets: [Name] = [.uid, .gid, .mode]
            if let stray = ofSockets.first(where: { values[$0] != nil }) {
                throw UsageError(message: "--\(stray.word) goes with --socket or --launch")
            }
        }
        return SocketFile.Access(
            uid: try values[.uid].map { (name) throws(UsageError) in try user(name) },
            gid: try values[.gid].map { (name) throws(UsageError) in try group(name) },
            mode: try values[.mode].map { (text) throws(UsageError) in try mode(text) } ?? 0o600)
    }

    /// What the service manager passed: a socket called `launch` is for launchers, what a server before this one had kept
    /// has names of its own, and any other one is for requests.
    private static func passedSources() throws(UsageError) -> Sources {
        var sources = Sources()
        let passed: [ServiceManager.Passed]
        do { passed = try ServiceManager.passedDescriptors() } catch {
            throw UsageError(message: "LISTEN_FDS and LISTEN_FDNAMES contradict each other")
        }
        for one in passed {
            if KeptProgram.hasKept(one) {
                sources.kept.append(one)
            } else if one.name == "launch" {
                sources.launchers = .listener(one.number)
            } else if sources.requests == nil {
                sources.requests = .descriptor(one.number)
            } else {
                throw UsageError(message: "LISTEN_FDS: one socket for requests is expected, no more")
            }
        }
        return sources
    }

    private static func path(_ bytes: [UInt8], _ option: String) throws(UsageError) -> SystemPath {
        guard !bytes.isEmpty, let path = try? SystemPath(bytes) else {
            throw UsageError(message: "\(option) needs the name of a file")
        }
        return path
    }

    private static func number<N: FixedWidthInteger>(
        _ text: [UInt8], _ option: String, _ range: ClosedRange<N>
    ) throws(UsageError) -> N {
        guard text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = N(String(decoding: text, as: UTF8.self)), range.contains(number)
        else {
            throw UsageError(
                message: "\(option) needs a number from \(range.lowerBound) to \(range.upperBound), not \(quoted(text))"
            )
        }
        return number
    }

    private static func mode(_ text: [UInt8]) throws(UsageError) -> UInt32 {
        guard let mode = UInt32(String(decoding: text, as: UTF8.self), radix: 8), mode <= 0o777 else {
            throw UsageError(message: "--mode needs permissions in octal, at most 777, not \(quoted(text))")
        }
        return mode
    }

    private static func user(_ name: [UInt8]) throws(UsageError) -> UInt32 {
        do { return try UserDatabase.user(name).uid } catch {
            throw UsageError(message: "--uid: unknown user \(quoted(name))")
        }
    }

    private static func group(_ name: [UInt8]) throws(UsageError) -> UInt32 {
        do { return try UserDatabase.group(name) } catch {
            throw UsageError(message: "--gid: unknown group \(quoted(name))")
        }
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        String(reflecting: String(decoding: bytes, as: UTF8.self))
    }
}
