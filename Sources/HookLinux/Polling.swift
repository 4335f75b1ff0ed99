internal import CLinux
package import SystemPackage

/// Something to wait for beside other things.
package struct Readiness: Sendable {
    fileprivate var entry: oh_poll_entry

    package init(of descriptor: CInt) {
        entry = oh_poll_entry(fd: descriptor, events: Int16(OH_POLL_IN), revents: 0)
    }

    /// Not whether there is something to read, but whether the other end has gone.
    package init(ofEndOf descriptor: CInt) {
        entry = oh_poll_entry(fd: descriptor, events: 0, revents: 0)
    }

    /// Bytes, a connection or an end are there to read.
    package var isReady: Bool { entry.revents != 0 }
}

package enum Polling {
    /// Waits until one of them is ready. `poll(2)`.
    ///
    /// - Parameter milliseconds: `nil` waits for ever.
    /// - Returns: whether any is ready; not, when the time is up.
    package static func wait(_ entries: inout [Readiness], milliseconds: Int32?) throws(Errno) -> Bool {
        var raw = entries.map(\.entry)
        let ready = unsafe raw.withUnsafeMutableBufferPointer {
            unsafe oh_poll($0.baseAddress, $0.count, milliseconds ?? -1)
        }
        if ready == 0 - Errno.interrupted.rawValue { return false }
        let count = try check(ready)
        for index in entries.indices { entries[index].entry = raw[index] }
        return count > 0
    }

    /// Waits for one descriptor, without allocating.
    package static func wait(for descriptor: CInt, milliseconds: Int32?) throws(Errno) -> Bool {
        var entry = oh_poll_entry(fd: descriptor, events: Int16(OH_POLL_IN), revents: 0)
        let ready = unsafe oh_poll(&entry, 1, milliseconds ?? -1)
        if ready == 0 - Errno.interrupted.rawValue { return false }
        return try check(ready) > 0
    }
}

/// A descriptor that becomes readable when another thread says so. `eventfd(2)`.
package struct WakeUp: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    package init() throws(Errno) {
        descriptor = OwnedDescriptor(taking: try check(oh_eventfd()))
    }

    package borrowing func signal() {
        var one: UInt64 = 1
        _ = unsafe withUnsafeBytes(of: &one) { unsafe oh_write(descriptor.number, $0.baseAddress, $0.count) }
    }

    package borrowing func clear() {
        var count: UInt64 = 0
        _ = unsafe withUnsafeMutableBytes(of: &count) { unsafe oh_read(descriptor.number, $0.baseAddress, $0.count) }
    }
}
