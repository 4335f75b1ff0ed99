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

    /// Sends a state to the service manager, if there is one: the socket that NOTIFY_SOCKET names, abstract if it
    /// begins with `@`. `sd_notify(3)`.
    package static func sendToServiceManager(_ state: StaticString) throws(Errno) {
        guard var name = ThisProcess.environment("NOTIFY_SOCKET"), let first = name.first else { return }
        guard first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { throw .addressFamilyNotSupported }
        if first == UInt8(ascii: "@") { name[0] = 0 }
        let socket = OwnedDescriptor(taking: try check(oh_socket(Int32(OH_SOCKET_DATAGRAM))))
        _ = try check(unsafe name.withUnsafeBytes { unsafe oh_connect(socket.number, $0.baseAddress, $0.count) })
        let text = SystemPath(state)
        _ = try check(unsafe text.withCString { unsafe oh_send(socket.number, $0, text.count, -1, 1) })
    }
}
