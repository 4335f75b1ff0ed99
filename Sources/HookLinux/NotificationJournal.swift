internal import CLinux
package import SystemPackage

/// The system calls that a broker has received and not answered yet, in memory that outlives it.
///
/// The kernel delivers a notification once. If the broker is killed before it answers, the thread waits for ever, unless
/// somebody who still has the listener knows what was asked. So the kernel writes each notification straight into this
/// memory, and a broker that takes the listener over finds it there.
package final class NotificationJournal: Sendable {
    /// As many as there can be threads that receive.
    package static let slots = 128

    package let memory: OwnedDescriptor
    private let address: UInt64
    private static let size = UInt64(slots) * UInt64(OH_SLOT_SIZE)

    /// Memory for an empty journal, which can be kept elsewhere too. `memfd_create(2)`.
    package static func makeMemory() throws(Errno) -> OwnedDescriptor {
        let made = unsafe SystemPath("openhook-journal").withCString { unsafe oh_shared_memory($0, Self.size) }
        return OwnedDescriptor(taking: try check(made))
    }

    /// An empty journal.
    package convenience init() throws(Errno) { try self.init(taking: try Self.makeMemory()) }

    /// The journal of a broker that has ended.
    ///
    /// - Throws: `EINVAL` for what is too short to be one, errnos of `mmap(2)`.
    package init(taking memory: consuming OwnedDescriptor) throws(Errno) {
        var address: UInt64 = 0
        _ = try check(unsafe oh_map(memory.number, Self.size, &address))
        self.address = address
        self.memory = memory
    }

    deinit { oh_unmap(address, Self.size) }

    /// What a slot holds.
    package func notification(in slot: Int) -> Notification? {
        var raw = oh_notification()
        guard unsafe oh_notify_read_slot(place(of: slot), &raw) == 1 else { return nil }
        return Notification(raw)
    }

    package func clear(_ slot: Int) { oh_notify_clear_slot(place(of: slot)) }

    func place(of slot: Int) -> UInt64 {
        precondition(slot >= 0 && slot < Self.slots, "no such slot")
        return address + UInt64(slot) * UInt64(OH_SLOT_SIZE)
    }
}
