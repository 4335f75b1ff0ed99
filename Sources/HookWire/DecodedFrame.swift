package import SystemPackage

/// What the bytes at hand hold: at most the first frame of them.
///
/// Every case but ``incomplete`` is to be answered, and carries the length of the whole frame, which the caller takes
/// from its buffer afterwards. None of them ends the connection: what does is a ``ProtocolViolation``.
package enum DecodedFrame: Sendable, Equatable {
    /// More bytes are needed.
    case incomplete

    /// A request with a name that the kernel could take.
    case open(OpenRequest, length: Int)

    /// A well formed request with a name that no file can have: `EINVAL` (a NUL inside it), `ENOENT` (empty) or
    /// `ENAMETOOLONG`. The request's name is the range as it was sent.
    case refusedName(Errno, OpenRequest, length: Int)

    /// A well formed frame with a command that the protocol does not define. It is answered with the same command and
    /// `-ENOSYS`.
    case unknownCommand(UInt32, length: Int)
}
