import HookLinux
import SystemPackage

/// The memory that a process shares with no other, in kB, from `smaps_rollup` (proc(5)).
struct MemoryUse {
    /// `Private_Clean` and `Private_Dirty`: what its end would give back.
    let privateKilobytes: Int
    /// `Private_Dirty`: what it wrote; unlike the clean pages of its binary, this is needed anew for each VM.
    let dirtyKilobytes: Int

    init(ofProcess pid: Int32) throws(BenchError) {
        let file = "/proc/\(pid)/smaps_rollup"
        let text: [UInt8]
        do { text = try SmallFile.read(SystemPath(text: file), limit: 65_536) } catch {
            throw .system(error, doing: "read '\(file)'")
        }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
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
}
