import HookLinux
import SystemPackage

/// The command line and the descriptors of a server.
struct ServerLaunch {
    private var arguments: [String]
    private let settings: TestServer.Settings
    private let errors: GrantedDescriptor
    private var inherited: GrantedDescriptor?
    private(set) var pair: RawConnection?

    init(_ settings: TestServer.Settings, _ directory: ScratchDirectory, audit: String) throws {
        self.settings = settings
        errors = try GrantedDescriptor(appendingTo: directory.path("errors"))
        arguments = ["--policy", directory.path("policy"), "--audit", audit] + settings.arguments
        pair = nil
        inherited = nil
        switch settings.source {
        case .none: break
        case .listening(let style):
            arguments += ["--socket", directory.path("socket")] + (style == .seqpacket ? ["--seqpacket"] : [])
        case .pair(let style):
            let made = try UnixSocket.pair(style)
            try made.second.receiveCredentials()
            inherited = GrantedDescriptor(try made.second.descriptor.duplicate())
            pair = RawConnection(made.takeFirst())
            arguments += ["--fd", "3"]
        case .inherited(let style), .activated(let style):
            let listener = try UnixSocket(style)
            try listener.bind(to: SystemPath(text: directory.path("socket")))
            try listener.listen()
            inherited = GrantedDescriptor(try listener.descriptor.duplicate())
            if case .inherited = settings.source { arguments += ["--fd", "3"] }
        }
    }

    /// The server's end is closed here as soon as the server has it.
    mutating func start(ready: borrowing OwnedDescriptor) throws -> ChildProcess {
        let program = try BuiltProgram.path("openhookd")
        var descriptors = [-1, 1, errors.number]
        let given = inherited.take()
        if let given { descriptors.append(given.number) }
        var words = arguments + ["--ready-fd", "\(descriptors.count)"]
        descriptors.append(ready.number)
        var path = program
        if let shell = shellCommand() {
            path = "/bin/sh"
            words = ["-c", shell + " exec \"$0\" \"$@\"", program] + words
        }
        if let wrapper = settings.wrapper.first {
            words = settings.wrapper.dropFirst() + [path] + words
            path = try Program.find(wrapper)
        }
        var command = ChildProcess.Command(program: SystemPath(text: path), arguments: words.map { Array($0.utf8) })
        command.environment = (["PATH=/usr/bin:/bin:/usr/sbin:/sbin"] + settings.environment).map { Array($0.utf8) }
        command.descriptors = descriptors
        command.user = settings.user
        command.endsWithParent = true
        let child = try ChildProcess(command)
        withExtendedLifetime((errors, given)) {}
        return child
    }

    private func shellCommand() -> String? {
        guard case .activated = settings.source else { return settings.shell.map { "\($0);" } }
        return (settings.shell.map { "\($0);" } ?? "") + "LISTEN_PID=$$ LISTEN_FDS=1"
    }
}
