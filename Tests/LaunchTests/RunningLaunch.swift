import Foundation
import HookLinux
import SystemPackage
import TestSupport

/// A launched shell that runs, with one socket as its standard input and output.
final class RunningLaunch {
    let process: ChildProcess
    private let socket: UnixSocket
    private let directory: ScratchDirectory

    /// - Parameter wrapper: a program that becomes the launcher.
    init(
        _ stage: LaunchStage, _ options: [String], script: String, wrapper: [String] = []
    ) throws {
        directory = stage.directory
        let pair = try UnixSocket.pair(.stream)
        let far = pair.second.descriptor.number
        let errors = try GrantedDescriptor(appendingTo: directory.path("errors"))
        let program = try BuiltProgram.path("openhook")
        let words = wrapper + [program] + (try stage.words(options, ["/bin/sh", "-c", script]))
        var command = ChildProcess.Command(
            program: SystemPath(text: try Program.find(words[0])), arguments: words.dropFirst().map { Array($0.utf8) })
        command.environment = stage.environment.map { Array($0.utf8) }
        command.descriptors = [far, far, errors.number]
        command.endsWithParent = true
        process = try ChildProcess(command)
        withExtendedLifetime(errors) {}
        socket = pair.takeFirst()
    }

    deinit {
        try? process.send(signal: .kill)
        _ = try? process.wait()
    }

    var errors: String { (try? directory.text("errors")) ?? "" }

    /// Its next line.
    func line() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: [UInt8] = [0]
            var room = byte.mutableSpan
            guard try Polling.wait(for: socket.descriptor.number, milliseconds: 20_000) else {
                throw SetUpFailure("the shell says nothing: \(errors)")
            }
            guard try socket.receive(into: &room).count == 1 else {
                throw SetUpFailure("the shell has ended: \(errors)")
            }
            if byte[0] == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes += byte
        }
    }

    /// Lets it go on where it reads a line.
    func goOn() throws {
        let bytes = Array("\n".utf8)
        _ = try socket.send(bytes.span)
    }
}
