import Glibc
import HookLinux
import SystemPackage
import TestSupport

/// The audit trail as a FIFO that this test reads, or does not.
final class AuditPipe {
    private let scratch: ScratchDirectory
    private var reader: OwnedDescriptor?
    private var text = ""

    var path: String { scratch.path("audit") }

    init() throws {
        scratch = try ScratchDirectory()
        try scratch.fifo("audit")
        let path = scratch.path("audit")
        reader = OwnedDescriptor(
            taking: try require("open FIFO") { unsafe Glibc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) })
    }

    /// From now on nobody reads: a write is EPIPE. Children of other tests may have a copy until their exec.
    func close() throws {
        reader = nil
        let path = path
        let isAlone = poll {
            let writer = unsafe Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            if writer >= 0 { Glibc.close(writer) }
            return writer < 0 ? true : nil
        }
        guard isAlone == true else { throw SetUpFailure("somebody reads the pipe") }
    }

    /// Fills it to the last byte, so that the server waits with its next record.
    func fill() throws {
        let number = try number()
        let block = [UInt8](repeating: UInt8(ascii: "\n"), count: 4096)
        while unsafe write(number, block, block.count) > 0 {}
        while unsafe write(number, block, 1) > 0 {}
    }

    /// Reads until no connection is served any more.
    ///
    /// - Returns: the records.
    func drain(until server: TestServer) throws -> [AuditLine] {
        try drain { TestServer.connectionWaits(server.pid).isEmpty }
    }

    /// Reads until something holds and there is no more to be read.
    ///
    /// - Returns: the records.
    func drain(until holds: () -> Bool) throws -> [AuditLine] {
        let number = try number()
        let isOver = poll {
            let isIdle = holds()
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe read(number, &bytes, bytes.count)
            if count > 0 { text += String(decoding: bytes.prefix(count), as: UTF8.self) }
            return isIdle && count <= 0 ? true : nil
        }
        guard isOver == true else { throw SetUpFailure("the connection does not end: \(text)") }
        return try AuditLine.lines(of: text)
    }

    private func number() throws -> CInt {
        guard let number = reader?.number else { throw SetUpFailure("the pipe is closed") }
        return number
    }
}
