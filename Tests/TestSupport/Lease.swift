import Glibc

/// A read lease that this process holds and does not give up when the kernel asks (`fcntl(2)`, `F_SETLEASE`): until it
/// does, whoever opens the file for writing waits, 45 s if nothing else is set (proc(5), `lease-break-time`).
package final class Lease {
    private static let set: CInt = 1024  // F_SETLEASE, which Glibc's module does not have

    private let descriptor: CInt

    package init(on path: String) throws {
        // The kernel asks with a signal, SIGIO, which would end this process.
        _ = signal(SIGIO, SIG_IGN)
        let descriptor = try require("open \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
        self.descriptor = descriptor
        // Whoever wrote the file has closed it; children of other tests may have a copy until their exec.
        guard poll({ fcntl(descriptor, Self.set, F_RDLCK) == 0 ? true : nil }) == true else {
            throw SetUpFailure("no lease on \(path): errno \(errno)")
        }
    }

    package func release() { _ = fcntl(descriptor, Self.set, F_UNLCK) }

    deinit { close(descriptor) }
}
