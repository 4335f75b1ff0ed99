internal import HookLinux
internal import SystemPackage

/// From the words of the command line, and the environment, to options.
extension ServerOptions {
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
            case .unknown(let text): throw UsageError(message: "unknown option \(OptionValue.quoted(text))")
            case .valueMissing(let text): throw UsageError(message: "option \(OptionValue.quoted(text)) needs a value")
            case .option(let index, let value):
                guard let name = Name(rawValue: index) else { continue }
                if name == .help { return .help }
                if name == .version { return .version }
                // The only one that may be given several times.
                if name == .audit {
                    guard !audits.contains(value) else {
                        throw UsageError(message: "\(OptionValue.quoted(value)) is given to --audit twice")
                    }
                    audits.append(value)
                    continue
                }
                guard values.updateValue(value, forKey: name) == nil else {
                    throw UsageError(message: "option --\(name.word) is given twice")
                }
            }
        }
        if let operand = operands.first {
            throw UsageError(message: "unexpected argument \(OptionValue.quoted(operand))")
        }
        return .serve(try ServerOptions(values, audits))
    }

    private init(_ values: [Name: [UInt8]], _ audits: [[UInt8]]) throws(UsageError) {
        guard let policy = values[.policy] else { throw UsageError(message: "--policy FILE is required") }
        self.policy = try OptionValue.path(policy, "--policy")
        sources = try Self.sources(values)
        if let pid = values[.peerPid] {
            peerPid = try OptionValue.number(pid, "--peer-pid", 1...Int32.max)
        } else if let pid = ThisProcess.environment("OPENHOOK_AUTH_PID") {
            peerPid = try OptionValue.number(pid, "OPENHOOK_AUTH_PID", 1...Int32.max)
        }
        audit = try audits.map { (word) throws(UsageError) in try Self.destination(word) }
        if audit.isEmpty { audit = [.standardError] }
        if values[.auditOptional] != nil { auditLoss = .tolerated }
        readyDescriptor = try values[.readyFd].map { (text) throws(UsageError) in
            try OptionValue.number(text, "--ready-fd", 0...CInt.max)
        }
        try requireDifferentDescriptors(isFdGiven: values[.fd] != nil)
        if let seconds = values[.openTimeout] {
            openTimeout = Int64(try OptionValue.number(seconds, "--open-timeout", 1...3600)) * 1_000_000_000
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
        return .file(try OptionValue.path(word, "--audit"))
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
            sources.requests = .path(try OptionValue.path(path, "--socket"), style, access)
        } else if values[.seqpacket] != nil {
            throw UsageError(message: "--seqpacket goes with --socket")
        }
        if let fd = values[.fd] { sources.requests = .descriptor(try OptionValue.number(fd, "--fd", 3...CInt.max)) }
        if let path = values[.launch] { sources.launchers = .path(try OptionValue.path(path, "--launch"), access) }
        if let fd = values[.launchFd] {
            sources.launchers = .channel(try OptionValue.number(fd, "--launch-fd", 3...CInt.max))
        }
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
            uid: try values[.uid].map { (name) throws(UsageError) in try OptionValue.user(name) },
            gid: try values[.gid].map { (name) throws(UsageError) in try OptionValue.group(name) },
            mode: try values[.mode].map { (text) throws(UsageError) in try OptionValue.mode(text) } ?? 0o600)
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
}
