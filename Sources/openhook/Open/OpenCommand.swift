import ArgumentParser
import HookClient
import HookLinux
import HookWire
import SystemPackage

/// `openhook open`: asks a server for a file, as QEMU would.
struct OpenCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Ask a running openhookd for a file, as QEMU would, and show what comes.",
        discussion: """
            With --cat the file's content goes to standard output, and everything else to standard error.

            Examples:
              openhook open --socket /run/web01.sock --access rw /srv/web01.qcow2
              openhook open --socket web01.sock --flags rdwr,creat /srv/new.qcow2
              openhook open --socket web01.sock --cat /srv/base.qcow2 > copy.qcow2

            Exit status:
              0  granted
              1  refused
              2  wrong usage
              3  no answer: no server, or the connection or the descriptor was lost
              4  granted, but reading or writing it failed
            """)

    @Option(help: ArgumentHelp("The server's socket.", valueName: "path"))
    var socket: FileName?

    @Option(help: ArgumentHelp("An inherited, connected socket.", valueName: "n"))
    var fd: Int32?

    @Flag(help: "Expect packets at --socket. (default: whichever the server offers)")
    var seqpacket = false

    @OptionGroup var request: RequestOptions

    @Option(
        help: ArgumentHelp("Permissions of a file that is made, octal. (default: 0644)", valueName: "mode"),
        transform: Permissions.reading)
    var mode: UInt32 = Permissions.ordinary

    @Flag(help: "Copy the file's content to standard output.")
    var cat = false

    @Option(help: ArgumentHelp("Write this into the file; -: standard input.", valueName: "text"))
    var write: String?

    @Flag(help: "Keep the file open until standard input ends, or SIGTERM or SIGINT comes.")
    var hold = false

    @OptionGroup var formOption: FormOption

    @Argument(help: ArgumentHelp("The file, as QEMU would name it.", valueName: "name"))
    var name: FileName

    func validate() throws {
        guard (socket == nil) != (fd == nil) else {
            throw ValidationError("say where the server is: --socket PATH or --fd N")
        }
        guard !seqpacket || socket != nil else { throw ValidationError("--seqpacket goes with --socket") }
        guard !hold || write != "-" else {
            throw ValidationError("--write - and --hold both wait for the end of standard input: use one of them")
        }
    }

    var form: AnswerForm { formOption.form }

    /// With --cat the content alone goes to standard output.
    var stream: AnswerStream { cat ? .error : .output }

    /// What is done with the file, in this order.
    private var actions: [OpenedFile.Action] {
        var actions: [OpenedFile.Action] = []
        if let write { actions.append(write == "-" ? .writeStandardInput : .write(write)) }
        if cat { actions.append(.copyToStandardOutput) }
        if hold { actions.append(.hold) }
        return actions
    }

    func run() throws {
        let report = OpenReport(name: name.bytes, request: request, form: form, stream: stream)
        let connection: HookConnection
        let reply: ClientReply
        do throws(ClientError) {
            connection = try connect()
            reply = try connection.open(name: name.bytes, flags: request.value.rawValue, mode: mode)
        } catch {
            throw Failure(error.status, error.advice)
        }
        switch consume reply {
        case .refused(let errno):
            try report.refused(errno)
            try end(.refused)
        case .granted(let file):
            try report.granted(file)
            try OpenedFile(file).perform(actions)
        }
    }

    private func connect() throws(ClientError) -> HookConnection {
        if let fd {
            let inherited: OwnedDescriptor
            do { inherited = try ThisProcess.inheritedDescriptor(fd) } catch { throw .unsuitableSocket(error) }
            return try HookConnection(taking: inherited)
        }
        let path = socket?.bytes ?? []
        return seqpacket
            ? try HookConnection(connectingTo: path, style: .seqpacket) : try HookConnection.connect(to: path)
    }
}

extension ClientError {
    fileprivate var status: ExitStatus {
        switch self {
        case .unsendableName: .usage
        default: .environment
        }
    }

    /// What happened, and what to do next.
    fileprivate var advice: String {
        switch self {
        case .connect(.permissionDenied, _):
            "\(self)\nThe socket lets in its owner and group: become one of them, or see openhookd's --uid, --gid and --mode."
        case .connect(.noSuchFileOrDirectory, _), .connect(.connectionRefused, _):
            "\(self)\nNo server listens there. Start one: openhookd --policy FILE --socket PATH"
        case .connect(.protocolWrongTypeForSocket, _):
            "\(self)\nThe server's socket is a stream: leave out --seqpacket."
        case .endOfFile:
            "\(self)\nIf the server has not ended, a `peer` statement of its policy must name this user: see its audit records."
        default: description
        }
    }
}
