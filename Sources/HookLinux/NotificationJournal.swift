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
    private static let placesStart = slots * Int(OH_SLOT_SIZE)
    private static let placesSize = 16 * 4096
    private static let size = UInt64(placesStart + placesSize)

    /// Memory for an empty journal, which can be kept elsewhere too. `memfd_create(2)`.
    ///
    /// - Parameter places: what a broker that takes over must know, too: the program's own directories.
    /// - Throws: `ENOSPC` for more than there is room for.
    package static func makeMemory(places: [[UInt8]]) throws(Errno) -> OwnedDescriptor {
        var text: [UInt8] = []
        for place in places {
            text += place
            text.append(0)
        }
        guard text.count < placesSize else { throw .noSpace }
        let made = unsafe SystemPath("openhook-journal").withCString { unsafe oh_shared_memory($0, Self.size) }
        let memory = OwnedDescriptor(taking: try check(made))
        let number = memory.number
        _ = try check(
            unsafe text.withUnsafeBytes { unsafe oh_write_at(number, $0.baseAddress, $0.count, Int64(placesStart)) })
        return memory
    }

    /// The program's own directories.
    package func places() throws(Errno) -> [[UInt8]] {
        let number = memory.number
        var text = [UInt8](repeating: 0, count: Self.placesSize)
        _ = try check(
            unsafe text.withUnsafeMutableBytes {
                unsafe oh_read_at(number, $0.baseAddress, $0.count, Int64(Self.placesStart))
            })
        return text.split(separator: 0).map(Array.init)
    }

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
