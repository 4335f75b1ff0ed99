import ArgumentParser
import HookLaunch
import HookLinux
import HookWire

/// From options to what a launcher is asked to do.
extension RunCommand {
    func request() throws -> LaunchRequest {
        let arguments = Self.givenCommand(count: command.count)
        var request = LaunchRequest(
            program: try Launching.program(arguments[0]), arguments: arguments, broker: try broker())
        request.via = via
        request.user = user?.identity
        request.root = allowRoot ? .allowed : .refused
        request.confinement = noWall ? .none : .landlock
        request.coverage = strict ? .everyName : .managedNames
        request.transition = transition ? .toPolicyLabel : .none
        request.library = try preload?.path() ?? Launching.preloadLibrary()
        return request
    }

    /// The bytes as they were given: what the argument parser hands over is text, which could have lost some.
    private static func givenCommand(count: Int) -> [[UInt8]] { Array(ThisProcess.arguments.suffix(count)) }

    private func broker() throws -> LaunchRequest.Broker {
        if let attach { return .attached(try Launching.launchSocket(attach)) }
        guard let policy else { throw ValidationError("--policy, or --attach, is needed") }
        guard let program = try server?.path() ?? Launching.server() else {
            throw Failure(.environment, "there is no openhookd beside this program: name one with --server PATH")
        }
        var broker = OwnBroker(server: try Self.absolute(program), policy: try Self.absolute(policy.path()))
        broker.audit = try audit.map { try $0.bytes == Array("-".utf8) ? $0.bytes : Self.absolute($0.path()).bytes }
        broker.socket = try socket.map { try Self.absolute($0.path()) }
        broker.openTimeout = openTimeout
        broker.policyWriters = ownership.allowWritablePolicy ? .anyone : .trusted
        return .alone(broker)
    }

    /// The broker has another working directory.
    private static func absolute(_ path: SystemPath) throws -> SystemPath {
        do { return try ThisProcess.absolute(path) } catch {
            throw Failure(.environment, "the working directory has no name: \(error)")
        }
    }
}
