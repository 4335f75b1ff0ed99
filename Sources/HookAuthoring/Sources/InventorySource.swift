package import HookPolicy

/// Where it is read what a VM uses.
package enum InventorySource: Sendable {
    /// The text of a libvirt domain.
    case domain([UInt8])
    /// A command line, as in `/proc/PID/cmdline` or quoted for a shell.
    case commandLine([UInt8])
    /// A running QEMU.
    case process(Int32)
    /// The socket of a running QEMU's monitor.
    case monitor([UInt8])

    package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case domain(DomainReader.Failure)
        case commandLine(CommandLineWords.Failure)
        case process(ProcessReader.Failure)
        case monitor(MonitorFailure)

        package var description: String {
            switch self {
            case .domain(let failure): "\(failure)"
            case .commandLine(let failure): "the command line: \(failure)"
            case .process(let failure): "\(failure)"
            case .monitor(let failure): "\(failure)"
            }
        }

        /// Whether the VM is not there, rather than that what it says is wrong.
        package var isOfEnvironment: Bool {
            switch self {
            case .domain, .commandLine, .process(.noQEMU): false
            case .process, .monitor: true
            }
        }
    }

    /// - Parameter directory: QEMU's working directory, if it is known; a process's own is.
    package func read(directory: AbsolutePath?, host: any HostView) throws(Failure) -> Inventory {
        switch self {
        case .domain(let text):
            do throws(DomainReader.Failure) { return try DomainReader.read(text, host: host) } catch {
                throw .domain(error)
            }
        case .commandLine(let text):
            do throws(CommandLineWords.Failure) {
                let words = try CommandLineWords.words(of: text)
                return CommandLineReader.read(words: words, directory: directory, host: host)
            } catch {
                throw .commandLine(error)
            }
        case .process(let pid):
            do throws(ProcessReader.Failure) { return try ProcessReader.read(pid: pid, host: host) } catch {
                throw .process(error)
            }
        case .monitor(let socket):
            do throws(MonitorFailure) {
                return try MonitorReader.read(socket, directory: directory, host: host)
            } catch {
                throw .monitor(error)
            }
        }
    }
}

extension Inventory {
    /// Adds what another source says of the same VM. What both say of the VM itself, this one has said.
    package mutating func merge(_ other: Inventory) {
        source += " and " + other.source
        name = name ?? other.name
        uuid = uuid ?? other.uuid
        identity.user = identity.user ?? other.identity.user
        if identity.selinux == .unknown { identity.selinux = other.identity.selinux }
        directory = directory ?? other.directory
        uses += other.uses
        ownUses += other.ownUses
        selfOpened += other.selfOpened
        remarks += other.remarks
    }
}
