import HookLinux
import SystemPackage

/// What a process has at a moment, that it must not have more of after many requests (proc(5)).
struct Holdings {
    let memory: MemoryUse
    let descriptors: Int
    let threads: Int

    init(ofProcess pid: Int32) throws(BenchError) {
        memory = try MemoryUse(ofProcess: pid)
        descriptors = try Self.entries(of: "/proc/\(pid)/fd")
        threads = try Self.entries(of: "/proc/\(pid)/task")
    }

    private static func entries(of directory: String) throws(BenchError) -> Int {
        var count = 0
        do throws(Errno) {
            let opened = try PathDescriptor.open(SystemPath(text: directory))
            try DirectoryListing.forEachName(in: opened) { _ in count += 1 }
        } catch {
            throw .system(error, doing: "list '\(directory)'")
        }
        return count
    }
}
