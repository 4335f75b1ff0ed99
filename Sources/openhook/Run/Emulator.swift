import HookLaunch
import HookLinux

/// This program, called as if it were QEMU: libvirt's `<emulator>`.
enum Emulator {
    /// Becomes QEMU if that is the name it was called by.
    static func runIfCalled() throws {
        let arguments = ThisProcess.arguments
        guard let name = arguments.first, let program = EmulatorCall.program(calledAs: name) else { return }
        let path = try Launching.program(Array(program.utf8))
        let words = [Array(program.utf8)] + arguments.dropFirst()
        switch EmulatorCall(Array(arguments.dropFirst())) {
        case .probe:
            let why = Execution.become(path, words, ThisProcess.environment)
            throw Failure(.environment, "\(path.text) cannot be executed: \(why.described)")
        case .nameless(let why): throw Failure(.usage, why)
        case .guest(let vm):
            try Launching.run(request(path, words, vm))
        }
    }

    private static func request(
        _ program: SystemPath, _ arguments: [[UInt8]], _ vm: [UInt8]
    ) throws -> LaunchRequest {
        let socket = try Launching.launchSocket(String(decoding: vm, as: UTF8.self))
        var request = LaunchRequest(program: program, arguments: arguments, broker: .attached(socket))
        request.library = Launching.preloadLibrary()
        request.privatePlaces = ThisProcess.environment("HOME").map { LibvirtPlaces.places(home: $0, vm: vm) } ?? []
        return request
    }
}
