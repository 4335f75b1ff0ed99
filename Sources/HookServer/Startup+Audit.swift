internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookWire
internal import SystemPackage

/// Start-up stage 5: where the records go.
extension Startup {
    static func openAudit(
        _ options: ServerOptions, _ systemLog: inout SystemLog, _ tell: @escaping @Sendable (String) -> Void
    ) throws(Failure) -> any AuditSink {
        var sinks: [any AuditSink] = []
        for destination in options.audit {
            guard let sink = try open(destination, options.auditLoss, &systemLog, tell) else { continue }
            switch options.auditLoss {
            case .refuses: sinks.append(sink)
            case .tolerated: sinks.append(OptionalAuditSink(sink, named: destination.description, tell: tell))
            }
        }
        return sinks.count == 1 ? sinks[0] : AuditSinks(sinks)
    }

    /// - Returns: nil if the sink cannot be opened, and its records may be lost.
    private static func open(
        _ destination: ServerOptions.AuditDestination, _ loss: ServerOptions.AuditLoss, _ systemLog: inout SystemLog,
        _ tell: (String) -> Void
    ) throws(Failure) -> (any AuditSink)? {
        switch destination {
        case .standardError: try lines("standard error") { () throws(Errno) in try AuditFile(stream: 2) }
        case .standardOutput: try lines("--audit -") { () throws(Errno) in try AuditFile(stream: 1) }
        case .file(let path): try file(path)
        case .linux: try systemLog.sink(loss, tell)
        }
    }

    private static func file(_ path: SystemPath) throws(Failure) -> JSONLinesSink {
        do throws(Errno) { return lines(try AuditFile(appendingTo: path.bytes)) } catch {
            throw .environment(MissingPlace.text(MissingPlace.auditFile(path), path, error))
        }
    }

    private static func lines(
        _ name: String, _ open: () throws(Errno) -> AuditFile
    ) throws(Failure) -> JSONLinesSink {
        do throws(Errno) { return lines(try open()) } catch {
            throw .environment("\(name) cannot be used for the audit: \(error.described)")
        }
    }

    private static func lines(_ file: consuming AuditFile) -> JSONLinesSink {
        JSONLinesSink(file) { flags, body in OpenFlags(rawValue: flags).forEachWord(body) }
    }
}

extension ServerOptions.AuditDestination: CustomStringConvertible {
    var description: String {
        switch self {
        case .standardError: "the audit on standard error"
        case .standardOutput: "--audit -"
        case .file(let path): "--audit \(escaped(path.bytes))"
        case .linux: "--audit linux"
        }
    }
}
