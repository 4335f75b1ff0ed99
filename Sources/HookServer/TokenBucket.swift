internal import HookPolicy
internal import Synchronization

/// How fast the requests of one VM are answered: beyond its rate they wait, none is dropped.
///
/// There is one bucket for all connections of the VM, and a connection has one request at a time: so whoever asks most
/// cannot make another wait for more than the requests of 64 connections.
///
/// It keeps one number, the time at which the bucket would be full again (the "generic cell rate algorithm").
final class TokenBucket: Sendable {
    private let fullAgain = Atomic<Int64>(0)

    /// Takes one token.
    ///
    /// - Parameter now: the monotonic clock, in nanoseconds.
    /// - Returns: how long to wait before the request is served, in nanoseconds.
    func take(now: Int64, _ rate: Rate) -> Int64 {
        guard case .limited(let perSecond, let burst) = rate, perSecond > 0 else { return 0 }
        let interval = max(1, 1_000_000_000 / Int64(perSecond))
        let allowance = interval.multipliedReportingOverflow(by: Int64(max(0, burst - 1)))
        let tolerance = allowance.overflow ? Int64.max / 4 : min(allowance.partialValue, .max / 4)
        var seen = fullAgain.load(ordering: .relaxed)
        while true {
            let next = max(seen, now) + interval
            let (exchanged, original) = fullAgain.weakCompareExchange(
                expected: seen, desired: next, ordering: .relaxed)
            if exchanged { return max(0, next - interval - tolerance - now) }
            seen = original
        }
    }
}
