/// What a launcher and a broker say to each other before QEMU is there.
///
///     launcher                          broker
///     hello                   ->
///                             <-        terms          or `refused`
///     process + pidfd         ->
///     notifications + listener, or connection + socket ->
///                             <-        ready          or `refused`
///
/// A launcher that only wants to know the terms ends the conversation behind them. Each message is
/// `u32 size of the whole, u32 kind, payload`, in host byte order; a descriptor comes with the first byte of its message.
package enum LaunchMessage: Sendable, Equatable {
    /// Whether QEMU may open by itself what no rule manages.
    package enum Coverage: UInt8, Sendable { case managedNames = 0, everyName = 1 }

    case hello(version: UInt32)
    case terms(LaunchTerms)
    /// `brokerPid`: where the broker notes its own process; empty: nowhere.
    case process(brokerPid: [UInt8])
    /// `wall`: what is around QEMU, and what is missing from it, in words for the audit record. `places`: the directories that
    /// the launcher has made for QEMU alone, ``mostPlaces`` at most.
    case notifications(Coverage, places: [[UInt8]], wall: [UInt8])
    case connection(wall: [UInt8])
    case ready
    /// With the exit status that the launcher ends with.
    case refused(status: UInt8, reason: [UInt8])

    package static let version: UInt32 = 3
    /// A longer message is an error of the protocol.
    package static let longest = 1 << 20
    package static let headLength = 8
    package static let mostPlaces = 16
}

extension LaunchMessage {
    private enum Kind: UInt32 {
        case hello = 1, terms, process, notifications, connection, ready, refused
    }

    /// - Returns: nil if it would be longer than ``longest``, or has more places than there may be.
    package func encoded() -> [UInt8]? {
        if case .notifications(_, let places, _) = self {
            guard places.count <= Self.mostPlaces, places.allSatisfy({ $0.count <= UInt16.max }) else { return nil }
        }
        let (kind, payload) = parts
        guard payload.count <= Self.longest - Self.headLength else { return nil }
        var bytes: [UInt8] = []
        bytes.append(hostOrder: UInt32(Self.headLength + payload.count))
        bytes.append(hostOrder: kind.rawValue)
        return bytes + payload
    }

    private var parts: (Kind, [UInt8]) {
        switch self {
        case .hello(let version):
            var payload: [UInt8] = []
            payload.append(hostOrder: version)
            return (.hello, payload)
        case .terms(let terms): return (.terms, terms.encoded())
        case .process(let brokerPid): return (.process, brokerPid)
        case .notifications(let coverage, let places, let wall):
            var payload = [coverage.rawValue, UInt8(places.count)]
            for place in places {
                payload.append(hostOrder: UInt16(place.count))
                payload += place
            }
            return (.notifications, payload + wall)
        case .connection(let wall): return (.connection, wall)
        case .ready: return (.ready, [])
        case .refused(let status, let reason): return (.refused, [status] + reason)
        }
    }

    /// The size of the whole message, from its first ``headLength`` bytes.
    ///
    /// - Returns: nil if no message has that size.
    package static func size(ofHead head: borrowing Span<UInt8>) -> Int? {
        guard head.count >= headLength else { return nil }
        let size = Int(head.hostUInt32(at: 0))
        return (headLength...longest).contains(size) ? size : nil
    }

    /// Reads a whole message.
    ///
    /// - Returns: nil for anything that is none.
    package init?(decoding bytes: borrowing Span<UInt8>) {
        guard Self.size(ofHead: bytes) == bytes.count, let kind = Kind(rawValue: bytes.hostUInt32(at: 4)) else {
            return nil
        }
        let payload = bytes.extracting(droppingFirst: Self.headLength)
        switch kind {
        case .hello:
            guard payload.count == 4 else { return nil }
            self = .hello(version: payload.hostUInt32(at: 0))
        case .terms:
            guard let terms = LaunchTerms(decoding: payload) else { return nil }
            self = .terms(terms)
        case .notifications:
            guard let first = Self.first(of: payload), let coverage = Coverage(rawValue: first),
                let (places, end) = Self.places(in: payload, at: 1)
            else { return nil }
            self = .notifications(coverage, places: places, wall: Self.rest(of: payload, from: end))
        case .connection: self = .connection(wall: Self.rest(of: payload, from: 0))
        case .refused:
            guard let status = Self.first(of: payload) else { return nil }
            self = .refused(status: status, reason: Self.rest(of: payload, from: 1))
        case .process:
            let path = Self.rest(of: payload, from: 0)
            guard !path.contains(0) else { return nil }
            self = .process(brokerPid: path)
        case .ready:
            guard payload.isEmpty else { return nil }
            self = .ready
        }
    }

    /// - Returns: the places, and where they end.
    private static func places(in payload: borrowing Span<UInt8>, at start: Int) -> ([[UInt8]], Int)? {
        guard start < payload.count, payload[start] <= mostPlaces else { return nil }
        var places: [[UInt8]] = []
        var end = start + 1
        for _ in 0..<payload[start] {
            guard payload.count - end >= 2 else { return nil }
            let next = end + 2 + Int(payload.hostUInt16(at: end))
            guard next <= payload.count else { return nil }
            let place = rest(of: payload.extracting(first: next), from: end + 2)
            guard !place.isEmpty, !place.contains(0) else { return nil }
            places.append(place)
            end = next
        }
        return (places, end)
    }

    private static func first(of payload: borrowing Span<UInt8>) -> UInt8? { payload.isEmpty ? nil : payload[0] }

    private static func rest(of payload: borrowing Span<UInt8>, from start: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in start..<max(start, payload.count) { bytes.append(payload[index]) }
        return bytes
    }
}
