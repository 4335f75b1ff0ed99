import SystemPackage

/// What the server is to answer.
enum ExpectedAnswer: String {
    case granted
    case refused

    /// As the protocol has it.
    var result: Int32 {
        switch self {
        case .granted: 0
        case .refused: 0 - Errno.permissionDenied.rawValue
        }
    }
}

/// How long answers took: microseconds, or a ratio of two of these.
struct Latency {
    let p50: Double
    let p99: Double
}

extension Latency {
    /// Of the single times of one round.
    init(nanoseconds: [UInt64]) {
        let sorted = nanoseconds.sorted()
        p50 = Double(sorted[sorted.count / 2]) / 1000
        p99 = Double(sorted[sorted.count * 99 / 100]) / 1000
    }

    /// Each percentile's median over the rounds.
    static func medians(of rounds: [Latency]) -> Latency {
        Latency(p50: median(rounds.map(\.p50)), p99: median(rounds.map(\.p99)))
    }

    static func / (left: Latency, right: Latency) -> Latency {
        Latency(p50: left.p50 / right.p50, p99: left.p99 / right.p99)
    }
}

/// The one in the middle, or the upper of two.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
