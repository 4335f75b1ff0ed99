/// What a kind of request cost.
struct RequestResult {
    let answer: ExpectedAnswer
    let style: SocketStyle
    let rules: Int
    /// Microseconds.
    let subject: Latency
    /// Microseconds.
    let bare: Latency
    /// The median of the rounds' ratios, which is not the ratio of the medians.
    let ratio: Latency
}

/// What a server costs that nobody asks.
struct StandingResult {
    let rules: Int
    let startMilliseconds: Double
    let memory: MemoryUse
}

/// All that was measured.
struct Report {
    let subject: String
    let effort: Effort
    let requests: [RequestResult]
    let standing: [StandingResult]
}

/// How long a VM took from its start to its end.
struct BootResult {
    let what: String
    let rounds: Int
    /// Milliseconds.
    let alone: Double
    /// Milliseconds.
    let notified: Double
    /// The median of the rounds' ratios, which is not the ratio of the medians.
    let ratio: Double
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int = 2) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard decimals > 0 else { return String(scaled) }
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
}
