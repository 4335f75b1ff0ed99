internal import CLinux
package import SystemPackage

/// A system call that a thread waits in until somebody answers it.
package struct Notification: Sendable {
    /// Names this very call as long as the thread waits in it; never used again.
    package let id: UInt64
    /// The thread, in this process's numbers; 0 if it has none there.
    package let thread: Int32
    /// The number of the call. Its architecture is this machine's own: the filter kills who uses another.
    package let call: Int32
    package let arguments: InlineArray<6, UInt64>

    init(_ raw: oh_notification) {
        id = raw.id
        thread = Int32(truncatingIfNeeded: raw.pid)
        call = raw.call
        let (a, b, c, d, e, f) = raw.arguments
        arguments = [a, b, c, d, e, f]
    }
}

/// What becomes of a descriptor when its process executes another program.
package enum DescriptorAtExec: Sendable { case closed, kept }

/// Where the system calls of processes under a filter are answered. `seccomp_unotify(2)`.
package final class NotificationListener: Sendable {
    package let descriptor: OwnedDescriptor

    package init(taking descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// Has the waiting thread run on the processor that answered it, where the kernel can (Linux 6.6).
    package func wakeOnThisProcessor() {
        _ = oh_notify_wake_on_this_cpu(descriptor.number)
    }

    /// Waits for the next call. It is in that slot of the journal before this returns.
    ///
    /// - Returns: `nil` if the thread that called was killed meanwhile, or no process is left under the filter.
    package func receive(into journal: NotificationJournal, slot: Int) throws(Errno) -> Notification? {
        var raw = oh_notification()
        let place = journal.place(of: slot)
        do {
            _ = try check(retryingInterrupts { unsafe oh_notify_receive(descriptor.number, place, &raw) })
        } catch .noSuchFileOrDirectory {
            return nil
        }
        return Notification(raw)
    }

    /// Whether no process is left under the filter; waits so long for that. `poll(2)`, `POLLHUP`.
    package func isAbandoned(milliseconds: Int32) throws(Errno) -> Bool {
        var entry = oh_poll_entry(fd: descriptor.number, events: 0, revents: 0)
        let found = try check(retryingInterrupts { unsafe oh_poll(&entry, 1, milliseconds) })
        return found > 0 && entry.revents & Int16(OH_POLL_HANGUP | OH_POLL_ERROR) != 0
    }

    /// Whether the thread still waits: only then do its pid and its memory mean what they did. `ID_VALID`.
    package func isWaiting(_ id: UInt64) -> Bool { oh_notify_check(descriptor.number, id) == 0 }

    /// The call returns a value. `ENOENT` if the thread waits no more.
    package func answer(_ id: UInt64, value: Int64) throws(Errno) {
        _ = try check(oh_notify_return(descriptor.number, id, value))
    }

    /// The call fails.
    package func refuse(_ id: UInt64, _ errno: Errno) throws(Errno) {
        try Self.refuse(id, errno, through: descriptor.number)
    }

    /// - Parameter listener: the number of a listener in the calling thread's descriptor table.
    package static func refuse(_ id: UInt64, _ errno: Errno, through listener: CInt) throws(Errno) {
        _ = try check(oh_notify_fail(listener, id, errno.rawValue))
    }

    /// The thread makes the call itself, with its own rights and whatever its memory holds by then: no permission.
    package func continueCall(_ id: UInt64) throws(Errno) {
        _ = try check(oh_notify_continue(descriptor.number, id))
    }

    /// The call returns a new descriptor of an open file, of which this process has none any more by then.
    ///
    /// The locks of an open file description last until its last descriptor is closed (fcntl(2), `F_OFD_SETLK`). A program
    /// that opens an image, closes it and opens it again would find its own locks in the way, if it ran before the one here
    /// was closed.
    ///
    /// - Parameter listener: the number of this listener in the calling thread's descriptor table.
    /// - Throws: `EMFILE` if the process may have no more descriptors: the call is not answered then.
    package static func give(
        _ file: consuming OwnedDescriptor, _ id: UInt64, through listener: CInt, _ atExec: DescriptorAtExec
    ) throws(Errno) {
        let number = try check(oh_notify_add(listener, id, file.number, atExec == .closed ? 1 : 0))
        _ = consume file
        _ = try check(oh_notify_return(listener, id, Int64(number)))
    }

    /// The call returns a new descriptor of an open file.
    ///
    /// - Parameter listener: the number of this listener in the calling thread's descriptor table.
    /// - Throws: `EMFILE` if the process may have no more descriptors: the call is not answered then.
    package static func handOver(
        _ file: borrowing OwnedDescriptor, _ id: UInt64, through listener: CInt, _ atExec: DescriptorAtExec
    ) throws(Errno) {
        _ = try check(oh_notify_hand_over(listener, id, file.number, atExec == .closed ? 1 : 0))
    }
}
