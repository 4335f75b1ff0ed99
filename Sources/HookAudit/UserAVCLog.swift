internal import HookLinux
internal import Synchronization

/// SELinux denials in the system's audit log, where `ausearch -m USER_AVC` and `audit2allow` look for them.
///
/// It never makes anybody wait, and nothing depends on it: the server's own records have the same. All VMs share the
/// system's log, so that one of them must not be able to fill it.
package final class UserAVCLog: Sendable {
    private struct Throttle {
        var latest: [UInt8] = []
        var repeatsUntil = Int64.min
        /// When the allowance would be full again.
        var fullAgain = Int64.min

        mutating func admits(_ text: [UInt8], now: Int64) -> Bool {
            if text == latest, now < repeatsUntil { return false }
            let next = max(fullAgain, now) + UserAVCLog.interval
            guard next - now <= UserAVCLog.interval * UserAVCLog.burst else { return false }
            (latest, repeatsUntil, fullAgain) = (text, now + AuditLimits.foldingWindow, next)
            return true
        }
    }

    /// Twenty messages a second, after a hundred.
    private static let interval: Int64 = 50_000_000
    private static let burst: Int64 = 100

    private let courier: AuditCourier
    private let clock: @Sendable () -> Int64
    private let throttle = Mutex(Throttle())

    /// - Parameter clock: monotonic nanoseconds.
    package init(_ courier: AuditCourier, clock: @escaping @Sendable () -> Int64 = { KernelClock.monotonic() }) {
        self.courier = courier
        self.clock = clock
    }

    /// - Parameters:
    ///   - text: `avc:  denied  { … } for  …`
    ///   - user: who asked.
    package func log(_ text: [UInt8], onBehalfOf user: UInt32) {
        let now = clock()
        guard throttle.withLock({ $0.admits(text, now: now) }) else { return }
        courier.post(AuditMessage(.userAVC(onBehalfOf: user), text))
    }

    /// Sends what is still waiting, for a second at most. Later messages are lost.
    package func close() { courier.close() }
}
