internal import CLinux
package import SystemPackage

/// A file descriptor that this value alone owns, and closes when the value ends.
///
/// Nothing useful follows from a failed `close` here: the broker never writes data through the descriptors it hands
/// over, so an error of `close(2)` loses nothing. `EINTR` counts as closed (close(2), "Dealing with error returns").
/// `EBADF` is a bug of ours, never a peer's doing, and traps: a double close in a program that passes descriptors
/// means handing somebody else's file to a guest.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for a call that borrows the descriptor. It must not outlive this value.
    package let number: CInt

    /// Takes over a descriptor that nothing else will close.
    package init(taking number: CInt) {
        precondition(number >= 0, "not a descriptor")
        self.number = number
    }

    deinit {
        let result = oh_close(number)
        precondition(result != 0 - Errno.badFileDescriptor.rawValue, "a descriptor was closed twice")
    }

    /// Gives the descriptor away: the caller closes it.
    package consuming func release() -> CInt {
        let number = self.number
        discard self
        return number
    }

    /// A second descriptor of the same open file description, close-on-exec. `fcntl(2)`, `F_DUPFD_CLOEXEC`.
    package borrowing func duplicate(atLeast lowest: CInt = 0) throws(Errno) -> OwnedDescriptor {
        OwnedDescriptor(taking: try check(oh_duplicate(number, lowest)))
    }
}
