import Foundation
package import HookLinux
import SystemPackage

/// A program that runs to its end.
package enum Program {
    package struct Output: CustomStringConvertible {
        package let ending: ChildProcess.Ending
        package let output: String
        package let errors: String

        package var lines: [String] { output.split(separator: "\n").map(String.init) }
        package var description: String { "\(ending)\n\(output)\n\(errors)" }
    }

    /// Runs a program with exactly the given descriptors, from 3 on.
    ///
    /// - Parameter program: a name with a slash, or one to be found in the usual places.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String] = [], descriptors: [CInt] = [],
        user: UserIdentity? = nil
    ) throws -> Output {
        let output = try UnixSocket.pair(.stream)
        let scratch = try ScratchDirectory()
        try scratch.file("errors", "")
        let errors = try GrantedDescriptor(appendingTo: scratch.path("errors"))
        var command = ChildProcess.Command(
            program: SystemPath(text: try find(program)), arguments: arguments.map { Array($0.utf8) })
        command.environment = environment.map { Array($0.utf8) }
        command.descriptors = [-1, output.second.descriptor.number, errors.number] + descriptors
        command.user = user
        command.endsWithParent = true
        let child = try ChildProcess(command)
        let text = try read(closing: output)
        return Output(ending: try child.wait(), output: text, errors: try scratch.text("errors"))
    }

    /// Reads what the child writes until it has ended.
    private static func read(closing pair: consuming SocketPair) throws -> String {
        let socket = pair.takeFirst()
        return try readToEnd(of: socket)
    }

    package static func readToEnd(of socket: borrowing UnixSocket) throws -> String {
        var bytes: [UInt8] = []
        while true {
            var room = [UInt8](repeating: 0, count: 4096)
            var span = room.mutableSpan
            let count = try socket.receive(into: &span).count
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += room.prefix(count)
        }
    }

    /// - Throws: if there is no such program.
    package static func find(_ program: String) throws -> String {
        if program.contains("/") { return program }
        let places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        guard let place = places.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") })
        else { throw SetUpFailure("there is no program \(program)") }
        return "\(place)/\(program)"
    }
}

/// A file that is open in this process, to be given to a child.
package final class GrantedDescriptor {
    private let descriptor: OwnedDescriptor
    package var number: CInt { descriptor.number }

    package init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    package init(appendingTo path: String) throws {
        descriptor = OwnedDescriptor(
            taking: try require("open \(path)") {
                unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            })
    }
}
