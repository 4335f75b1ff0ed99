import Foundation
import HookLinux
import SystemPackage
import Testing

/// Debian's unmodified QEMU, as nobody, with the preload library and a broker.
final class VirtualMachine {
    /// Another one, if a test starts it again.
    var broker: Broker
    let program: StartedProgram
    private let monitor: Monitor
    private var writes = 0
    private var store: ImageStore { broker.store }

    /// The guest's COM1 goes to a file that the broker makes.
    static let serialLog = "serial.log"
    /// What every VM here is granted for that.
    static let serialRule = "allow wo \(serialLog) create"

    /// The disk as libvirt describes it: two nodes, backing files as the image's header names them.
    static func disk(_ image: String) -> [String] {
        [
            "-blockdev", "driver=file,node-name=disk-file,filename=\(image)",
            "-blockdev", "driver=qcow2,node-name=disk,file=disk-file",
            "-device", "virtio-blk-pci,drive=disk,id=vda,bootindex=1",
        ]
    }

    /// As ever, without nodes: QEMU opens an image three times then.
    static func plainDisk(_ image: String) -> [String] {
        ["-drive", "file=\(image),format=qcow2,if=virtio,id=vda"]
    }

    private static func arguments(_ store: ImageStore, monitor: [String], _ more: [String]) -> [String] {
        [
            "-machine", "pc", "-accel", "tcg", "-m", "16", "-nodefaults", "-no-user-config", "-display", "none",
        ] + monitor + [
            "-chardev", "file,id=com1,path=\(store.image(serialLog))", "-serial", "chardev:com1",
        ] + more
    }

    /// Starts QEMU and connects to its monitor.
    convenience init(_ broker: Broker, _ more: [String]) throws {
        if broker.connection.launch == nil {
            try self.init(broker, listening: more)
        } else {
            try self.init(broker, connected: more)
        }
    }

    /// The command line of one that makes its monitor's socket.
    static func arguments(_ store: ImageStore, _ more: [String]) -> [String] {
        arguments(store, monitor: ["-qmp", "unix:\(monitorSocket(store)),server=on,wait=off"], more)
    }

    private static func monitorSocket(_ store: ImageStore) -> String { "\(store.run)/qmp" }

    /// QEMU makes the monitor's socket.
    private init(_ broker: Broker, listening more: [String]) throws {
        let socket = Self.monitorSocket(broker.store)
        let program = try broker.start("/usr/bin/qemu-system-x86_64", Self.arguments(broker.store, more))
        monitor = try Self.found(broker, program) {
            try Patience.look {
                guard program.isRunning else { throw Impasse("it has ended") }
                return try Monitor.connect(to: socket)
            }
        }
        self.broker = broker
        self.program = program
    }

    /// QEMU gets one, as libvirt has it: under `--strict` it makes none by a name.
    private init(_ broker: Broker, connected more: [String]) throws {
        let pair = try UnixSocket.pair(.stream)
        let monitor = ["-chardev", "socket,id=qmp,fd=3", "-mon", "chardev=qmp,mode=control"]
        let program = try broker.start(
            "/usr/bin/qemu-system-x86_64", Self.arguments(broker.store, monitor: monitor, more),
            passing: pair.second.descriptor.number)
        let near = pair.takeFirst()
        do { self.monitor = try Monitor(near) } catch { throw Self.impasse(broker, program, ": \(error)") }
        self.broker = broker
        self.program = program
    }

    private static func found(
        _ broker: Broker, _ program: StartedProgram, _ look: () throws -> Monitor?
    ) throws -> Monitor {
        let found: Monitor?
        do { found = try look() } catch { throw impasse(broker, program, ": \(error)") }
        guard let found else { throw impasse(broker, program, "") }
        return found
    }

    private static func impasse(_ broker: Broker, _ program: StartedProgram, _ text: String) -> Impasse {
        Impasse("QEMU has no monitor\(text)\nQEMU: \(program.errors)\naudit: \(broker.lastRecords)")
    }

    // MARK: Commands

    /// - Throws: with QEMU's words and the last audit records, if the command fails.
    @discardableResult
    func execute(_ command: String, _ arguments: JSON = [:]) throws -> JSON {
        switch try outcome(of: command, arguments) {
        case .done(let result): return result
        case .failed(let description): throw impasse("\(command): \(description)")
        }
    }

    /// The description of the error that a command must end with.
    func failure(of command: String, _ arguments: JSON) throws -> String {
        switch try outcome(of: command, arguments) {
        case .done(let result): throw impasse("\(command) did not fail: \(result)")
        case .failed(let description): return description
        }
    }

    private func outcome(of command: String, _ arguments: JSON) throws -> Monitor.Outcome {
        try explained(command) { try monitor.execute(command, arguments) }
    }

    /// A command of the human monitor; what it prints.
    func human(_ line: String) throws -> String {
        try execute("human-monitor-command", ["command-line": .string(line)]).text ?? ""
    }

    /// Writes through a device or a node, 64 KiB. QEMU says how that went on its standard output: see ``quit()``.
    func write(_ command: String, to disk: String) throws {
        let said = try human("qemu-io \(disk) \"\(command)\"")
        guard said.isEmpty else { throw impasse("qemu-io: \(said)") }
        writes += 1
    }

    func awaitEvent(_ kind: String, where fits: (JSON) -> Bool = { _ in true }) throws -> JSON {
        try explained(kind) { try monitor.awaitEvent(kind, where: fits) }
    }

    /// Waits until a job has come to an end, and dismisses it.
    ///
    /// - Returns: its error, if it had one.
    func finishJob(_ id: String, completing: Bool = false) throws -> String? {
        func awaitStatus(_ status: JSON) throws {
            _ = try awaitEvent("JOB_STATUS_CHANGE") { $0["id"]?.text == id && $0["status"] == status }
        }
        if completing {
            try awaitStatus("ready")
            try execute("job-complete", ["id": .string(id)])
        }
        try awaitStatus("concluded")
        let job = try execute("query-jobs").elements.first { $0["id"]?.text == id }
        try execute("job-dismiss", ["id": .string(id)])
        return job?["error"]?.text
    }

    // MARK: The guest

    /// Waits until the guest has written a line.
    func awaitGuest(_ line: String) throws {
        let said = try Patience.look { () -> Bool? in
            guard program.isRunning else { return false }
            return try serialOutput().contains(line) ? true : nil
        }
        guard said == true else { throw impasse("the guest did not say \(line)\(try serialOutput())") }
    }

    func serialOutput() throws -> String {
        guard store.exists(Self.serialLog) else { return "" }
        return String(decoding: try store.read(Self.serialLog), as: UTF8.self)
    }

    // MARK: The end

    /// Ends QEMU and then the server, and expects that neither leaves anything behind.
    ///
    /// - Parameter refusals: all that were meant to be, as ``Trail/refusals(in:)`` writes them.
    /// - Returns: the server's records.
    @discardableResult
    func finish(
        refused refusals: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Trail {
        #expect(try quit(sourceLocation: sourceLocation) == "", sourceLocation: sourceLocation)
        return try broker.expectCleanEnd(refused: refusals, sourceLocation: sourceLocation)
    }

    /// Ends QEMU, and expects that all went well.
    ///
    /// - Returns: what it said on its standard error.
    func quit(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try execute("quit")
        let ending = try program.end()
        #expect(ending == .exited(0), "\(program.errors)", sourceLocation: sourceLocation)
        let done = program.output.matches(of: /wrote 65536\/65536 bytes/).count
        #expect(done == writes, "\(program.output)", sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(program.pid)"), sourceLocation: sourceLocation)
        return errors
    }

    /// What QEMU said. The launcher's warnings, and its broker's, are said before.
    private var errors: String {
        let lines = program.errors.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.filter { !$0.hasPrefix("openhook: warning: ") && !$0.hasPrefix("openhookd: warning: ") }
            .joined(separator: "\n")
    }

    private func explained<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw impasse("\(what): \(error)") }
    }

    private func impasse(_ text: String) -> Impasse {
        Impasse("\(text)\nQEMU: \(program.errors)\naudit: \(broker.lastRecords)")
    }
}
