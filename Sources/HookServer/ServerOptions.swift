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
        case file(SystemPath)
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
}
