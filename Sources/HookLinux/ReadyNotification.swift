internal import CLinux
package import SystemPackage

/// Telling whoever started this process that it serves.
package enum ReadyNotification {
    /// Writes `READY=1` and a newline to a descriptor, which is closed then.
    package static func write(to descriptor: consuming OwnedDescriptor) throws(Errno) {
        let number = descriptor.number
        let text = Array("READY=1\n".utf8)
        _ = try check(
            unsafe text.withUnsafeBytes { text in
                retryingInterrupts { unsafe oh_write(number, text.baseAddress, text.count) }
            })
    }
}
