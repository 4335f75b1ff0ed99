package import HookLinux
package import SystemPackage

/// Where the answer to a request goes: a connection, or a system call that waits.
package protocol AnswerChannel: Sendable {
    /// The descriptor that answers go through, in the process's own table.
    var conduit: CInt { get }
    /// Whether nobody waits for the answer any more.
    var clientHasGone: Bool { get }
    /// How a file goes to the client.
    var delivery: any FileDelivery { get }

    /// The answer is that errno.
    func refuse(_ errno: Errno) throws(Errno)
}

/// How a file goes to a client: a value without a descriptor, which a thread with a table of its own may hold and even be
/// the last to.
package protocol FileDelivery: Sendable {
    /// - Parameter conduit: what `AnswerChannel.conduit` is, in the calling thread's descriptor table.
    func deliver(_ file: borrowing OwnedDescriptor, through conduit: CInt) throws(Errno)

    /// The same, and closes the file here: before the client can use it, where that is possible, because its locks last as
    /// long as somebody has it. Only of a file system whose `close` does not wait.
    func give(_ file: consuming OwnedDescriptor, through conduit: CInt) throws(Errno)
}

extension FileDelivery {
    package func give(_ file: consuming OwnedDescriptor, through conduit: CInt) throws(Errno) {
        try deliver(file, through: conduit)
    }
}
