import HookLinux
import SystemPackage

/// Files that a verb is given to read.
extension FileName {
    /// All of it, however long it takes if it is a pipe; `-` is standard input.
    func contents(limit: Int) throws -> [UInt8] {
        let path = try path()
        do throws(Errno) {
            guard bytes.elementsEqual("-".utf8) else { return try SmallFile.read(path, limit: limit, pipes: .awaited) }
            return try StandardInput.read(limit: limit)
        } catch .invalidArgument {
            throw Failure(.environment, self, "it is no regular file; `-` reads standard input")
        } catch {
            throw Failure(.environment, self, error.described)
        }
    }

    /// The kernel's name of it, to put another file in its place: a symbolic link stays one, and what it leads to is
    /// replaced.
    func realPath() throws(Errno) -> SystemPath { try ReadableFile(SystemPath(bytes)).name() }
}
