package import SystemPackage

/// The label that the kernel has for an open object.
package enum FileContext {
    /// The errnos that mean "this object has no label".
    package static let noLabel: [(errno: Errno, because: StaticString)] = [
        (.noData, "the file system keeps labels, and this file has none"),
        (.notSupportedOnSocket, "the file system keeps no labels"),
    ]

    /// The label of what the descriptor refers to, which may be open with `O_PATH`; nil if there is none.
    /// The corresponding call is `getfilecon(3)` on `/proc/thread-self/fd/N`.
    ///
    /// - Throws: `EILSEQ` for a label that is no context: it must never pass for "no label", which a policy may fill
    ///   in; every other errno of `getxattr(2)`.
    package static func read(
        ofDescriptor descriptor: CInt, through interface: some SELinuxInterface
    ) throws(Errno) -> SecurityContext? {
        let bytes: [UInt8]
        do {
            bytes = try interface.fileContext(ofDescriptor: descriptor)
        } catch {
            guard noLabel.contains(where: { $0.errno == error }) else { throw error }
            return nil
        }
        guard let context = SecurityContext(validating: bytes) else { throw .illegalByteSequence }
        return context
    }
}
