/// The numbers of the commands that the protocol defines.
package enum Command {
    /// `QEMU_OPEN`: open a file and send the descriptor.
    package static let open: UInt32 = 1
}
