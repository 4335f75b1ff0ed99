internal import CLinux
package import SystemPackage

/// The service manager that started this process, if one did: it is told things (sd_notify(3)), and keeps descriptors
/// over a restart (`FDSTORE=1`).
package enum ServiceManager {
    /// Sends a state, and perhaps a descriptor with it, to the socket that NOTIFY_SOCKET names, abstract if it begins with
    /// `@`. Without that variable there is nobody to tell.
    package static func tell(_ state: String) throws(Errno) { try send(state, passing: -1) }

    /// Has the service manager keep a descriptor: the process that it starts in the place of this one gets it.
    ///
    /// Failing is no error: then a restart loses it.
    /// - Parameter name: at most 255 bytes without a colon.
    package static func keep(_ descriptor: borrowing OwnedDescriptor, as name: String) {
        try? send("FDSTORE=1\nFDNAME=\(name)", passing: descriptor.number)
    }

    /// Has the service manager close what it keeps under a name.
    package static func forget(_ name: String) { try? send("FDSTOREREMOVE=1\nFDNAME=\(name)", passing: -1) }

    private static func send(_ state: String, passing descriptor: CInt) throws(Errno) {
        guard var name = ThisProcess.environment("NOTIFY_SOCKET"), let first = name.first else { return }
        guard first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { throw .addressFamilyNotSupported }
        if first == UInt8(ascii: "@") { name[0] = 0 }
        let socket = OwnedDescriptor(taking: try check(oh_socket(Int32(OH_SOCKET_DATAGRAM))))
        _ = try check(unsafe name.withUnsafeBytes { unsafe oh_connect(socket.number, $0.baseAddress, $0.count) })
        let text = SystemPath(text: state)
        _ = try check(unsafe text.withCString { unsafe oh_send(socket.number, $0, text.count, descriptor, 1) })
    }

    /// A descriptor that the service manager passed: a socket that it opened, or what it kept.
    package struct Passed: Sendable, Equatable {
        package let name: String
        package let number: CInt
    }

    /// The descriptors that came with the start of this process, from 3 on: LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES of
    /// sd_listen_fds_with_names(3).
    ///
    /// - Throws: `EINVAL` if the variables contradict each other.
    package static func passedDescriptors() throws(Errno) -> [Passed] {
        guard let pid = ThisProcess.environment("LISTEN_PID"), let count = ThisProcess.environment("LISTEN_FDS"),
            Int32(String(decoding: pid, as: UTF8.self)) == ThisProcess.pid
        else { return [] }
        guard let count = CInt(String(decoding: count, as: UTF8.self)), (0...4096).contains(count) else {
            throw .invalidArgument
        }
        guard count > 0 else { return [] }
        let names = ThisProcess.environment("LISTEN_FDNAMES").map { names in
            names.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
        guard names.map(\.count) ?? Int(count) == Int(count) else { throw .invalidArgument }
        return (0..<count).map { Passed(name: names?[Int($0)] ?? "unknown", number: 3 + $0) }
    }
}
