import Foundation
import Glibc
import HookLinux
import SystemPackage

/// A FUSE file system that hangs when told to: `Tests/Clients/hanging-fs.c`. For root alone.
package final class HangingFileSystem {
    package static let isPossible = geteuid() == 0 && FileManager.default.fileExists(atPath: "/dev/fuse")

    package let directory: String
    private let process: ChildProcess
    private let commands: UnixSocket

    package enum Request: String { case open, lookup, flush }

    /// Mounts it at a directory that exists.
    package init(at directory: String) throws {
        self.directory = directory
        let pair = try UnixSocket.pair(.stream)
        var command = ChildProcess.Command(
            program: SystemPath(text: try BuiltProgram.hangingFileSystem.get()), arguments: [Array(directory.utf8)])
        let far = pair.second.descriptor.number
        command.descriptors = [far, far, 2]
        command.endsWithParent = true
        process = try ChildProcess(command)
        commands = pair.takeFirst()
        // The kernel's first request comes with the mount.
        try expect("mounted")
    }

    deinit {
        // However many requests hang: the kernel ends them when their server is gone.
        try? process.send(signal: .kill)
        _ = try? process.wait()
        _ = unsafe umount2(directory, CInt(MNT_DETACH))
    }

    package func hang(_ request: Request) throws { try say("hang \(request.rawValue)") }

    /// From now on no file is truncated: ENOSPC.
    package func failTruncation() throws { try say("fail truncate") }

    /// Answers what hangs, and everything from now on; nothing fails any more.
    package func release() throws { try say("release") }

    private func say(_ command: String) throws {
        let bytes = Array("\(command)\n".utf8)
        _ = try commands.send(bytes.span)
        try expect(command)
    }

    private func expect(_ line: String) throws {
        var answer: [UInt8] = []
        while answer.last != UInt8(ascii: "\n") {
            var byte: [UInt8] = [0]
            var room = byte.mutableSpan
            guard try commands.receive(into: &room).count == 1 else { throw SetUpFailure("the file system has ended") }
            answer += byte
        }
        guard String(decoding: answer.dropLast(), as: UTF8.self) == line else {
            throw SetUpFailure("the file system said \(String(decoding: answer, as: UTF8.self))")
        }
    }
}
