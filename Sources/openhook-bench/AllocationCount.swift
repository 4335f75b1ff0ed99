import CYardstick
import HookLinux
import SystemPackage

/// How often a server has allocated so far: `openhookd-counted` says it in a file, any other server nowhere.
struct AllocationCount {
    private let file: String

    /// For servers that are started from now on.
    init(in file: String) throws(BenchError) {
        self.file = file
        try check(
            unsafe ys_set_environment("OPENHOOK_ALLOCATIONS", file), "set OPENHOOK_ALLOCATIONS in the environment")
    }

    /// Nil if nobody counts.
    func now() throws(BenchError) -> Int? {
        let bytes: [UInt8]
        do throws(Errno) { bytes = try SmallFile.read(SystemPath(text: file), limit: 8) } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .system(error, doing: "read '\(file)'")
        }
        // A number of this machine, whose bytes stand in the order that it has them in.
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
