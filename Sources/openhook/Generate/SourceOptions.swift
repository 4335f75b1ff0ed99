import ArgumentParser
import HookAuthoring
import HookLinux
import HookPolicy
import SystemPackage

/// Where it is read what a VM uses.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A libvirt domain: virsh dumpxml; - is standard input.", valueName: "file"))
    var libvirt: FileName?

    @Option(
        help: ArgumentHelp("QEMU's command line, as in /proc/PID/cmdline or quoted for a shell.", valueName: "file"))
    var commandLine: FileName?

    @Option(help: ArgumentHelp("A running QEMU.", valueName: "pid"))
    var pid: Int32?

    @Option(help: ArgumentHelp("The socket of a running QEMU's monitor (-qmp unix:...).", valueName: "socket"))
    var qmp: FileName?

    @Option(help: ArgumentHelp("Where relative names begin: the directory that QEMU is started in.", valueName: "dir"))
    var directory: CleanName?

    @Flag(help: "Look at nothing on this machine: the VM runs on another one.")
    var offline = false

    func validate() throws {
        let count = [libvirt != nil, commandLine != nil, pid != nil, qmp != nil].count { $0 }
        guard count > 0 else {
            throw ValidationError("say what the VM is: --libvirt FILE, --command-line FILE, --pid PID or --qmp SOCKET")
        }
        let isInput = [libvirt, commandLine].map { $0?.bytes.elementsEqual("-".utf8) ?? false }
        guard isInput != [true, true] else {
            throw ValidationError("--libvirt and --command-line cannot both be standard input")
        }
    }

    var host: any HostView { offline ? AbsentHost() : LiveHost() }

    /// Whether what is read tells of all that the VM uses, not of its images alone.
    var scope: DriftReport.Scope { libvirt == nil && commandLine == nil && pid == nil ? .images : .everything }

    /// What all of the sources say together.
    func inventory() throws -> Inventory {
        var sources: [InventorySource] = []
        if let libvirt { sources.append(.domain(try libvirt.contents(limit: Self.longest))) }
        if let commandLine { sources.append(.commandLine(try commandLine.contents(limit: Self.longest))) }
        if let pid { sources.append(.process(pid)) }
        if let qmp { sources.append(.monitor(qmp.bytes)) }
        var all: Inventory?
        for source in sources {
            do throws(InventorySource.Failure) {
                let inventory = try source.read(directory: all?.directory ?? directory?.path, host: host)
                if all == nil { all = inventory } else { all?.merge(inventory) }
            } catch {
                if case .monitor = error, let qmp { throw Failure(.environment, qmp, "\(error)") }
                throw Failure(error.isOfEnvironment ? .environment : .usage, "\(error)")
            }
        }
        guard let all else { throw Failure(.usage, "there is no source") }
        return all
    }

    private static let longest = 8 << 20
}
