import SystemPackage

/// The memory that a process shares with no other, in kB, from `smaps_rollup` (proc(5)).
struct MemoryUse {
    /// `Private_Clean` and `Private_Dirty`: what its end would give back.
    let privateKilobytes: Int
    /// `Private_Dirty`: what it wrote; unlike the clean pages of its binary, this is needed anew for each VM.
    let dirtyKilobytes: Int

    init(ofProcess pid: Int32) throws(BenchError) {
        let file = "/proc/\(pid)/smaps_rollup"
        let lines = try Self.read(file).split(separator: "\n")
        guard let clean = Self.value(of: "Private_Clean:", in: lines),
            let dirty = Self.value(of: "Private_Dirty:", in: lines)
        else { throw .system(.notSupported, doing: "find private memory in '\(file)'") }
        privateKilobytes = clean + dirty
        dirtyKilobytes = dirty
    }

    private static func value(of key: String, in lines: [Substring]) -> Int? {
        guard let line = lines.first(where: { $0.hasPrefix(key) }) else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    private static func read(_ file: String) throws(BenchError) -> String {
        do {
            let descriptor = try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                // About 700 bytes; the kernel makes all of them for one read.
                var bytes = [UInt8](repeating: 0, count: 16_384)
                let count = try unsafe bytes.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
                return String(decoding: bytes.prefix(count), as: UTF8.self)
            }
        } catch let error as Errno {
            throw .system(error, doing: "read '\(file)'")
        } catch {
            throw .system(.ioError, doing: "read '\(file)'")
        }
    }
}
