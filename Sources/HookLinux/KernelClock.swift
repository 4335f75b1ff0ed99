internal import CLinux

/// The kernel's clocks, in nanoseconds. `clock_gettime(2)`.
package enum KernelClock {
    /// Nanoseconds since some moment in the past; never goes back (`CLOCK_MONOTONIC`).
    package static func monotonic() -> Int64 { oh_now_monotonic() }

    /// Nanoseconds since 1970-01-01 00:00 UTC, as the administrator set it (`CLOCK_REALTIME`).
    package static func realtime() -> Int64 { oh_now_realtime() }

    /// The same as of the last tick, which is what file systems note of changes (`CLOCK_REALTIME_COARSE`).
    package static func coarse() -> Int64 { oh_now_coarse() }
}
