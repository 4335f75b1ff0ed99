package import HookLinux
package import SystemPackage

/// The server's answer: a descriptor or an `errno`, never both and never neither.
package enum ClientReply: ~Copyable {
    /// The open file, close-on-exec.
    case granted(OwnedDescriptor)
    /// Why it was not opened, as the kernel or the server's policy said it.
    case refused(Errno)
}
