internal import CLinux
package import SystemPackage

/// A thread of the system: no runtime of its own, no pool. `pthread_create(3)`.
package enum Thread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread. Its stack is 512 KiB of addresses, of which it touches what it uses.
    ///
    /// - Throws: `EAGAIN` if the system or a limit allows no more threads.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let retained = unsafe Unmanaged.passRetained(Body(body))
        let result = unsafe oh_thread_start(
            { argument in
                guard let argument = unsafe argument else { return }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
            }, retained.toOpaque(), 512 * 1024)
        if result < 0 { unsafe retained.release() }
        _ = try check(result)
    }

    /// Gives the calling thread a descriptor table of its own, with the given descriptors alone. `unshare(2)` with
    /// `CLONE_FILES`, then `close_range(2)`.
    package static func separateDescriptors(keeping kept: [CInt]) throws(Errno) {
        _ = try check(oh_unshare_descriptors())
        let ascending = kept.sorted()
        _ = try check(unsafe ascending.withUnsafeBufferPointer { unsafe oh_close_all_but($0.baseAddress, $0.count) })
    }
}

/// A count that threads wait on: `advance` wakes all who wait for it to change.
///
/// The order to use it in: read `value`, look whether what is waited for has happened, wait with the value read. An
/// advance between the look and the wait ends the wait at once. `futex(2)`.
package final class EventCount: Sendable {
    private let word: oh_word

    package init() { word = oh_word_make() }
    deinit { oh_word_free(word) }

    package var value: UInt32 { oh_word_load(word) }

    package func advance() { oh_word_advance(word) }

    /// Waits until the value is another than `seen`, or until the time of the monotonic clock, in nanoseconds. It may
    /// return for no reason.
    package func wait(while seen: UInt32, until deadline: Int64?) {
        oh_word_wait(word, seen, deadline ?? -1)
    }
}
