import Testing

/// How QEMU comes to the broker.
enum Connection: String, CaseIterable, CustomTestStringConvertible {
    case stream = "preload library, a listening stream socket"
    case packets = "preload library, a listening packet socket"
    case inherited = "preload library, an inherited pair of stream sockets"
    case preload = "openhook run --via preload"
    case notify = "openhook run --via notify"
    case strict = "openhook run --via notify --strict"

    var testDescription: String { rawValue }

    /// The options of `openhook run`; nil if the server and QEMU are started one by one.
    var launch: [String]? {
        switch self {
        case .stream, .packets, .inherited: nil
        case .preload: ["--via", "preload"]
        case .notify: ["--via", "notify"]
        case .strict: ["--via", "notify", "--strict"]
        }
    }

    /// Server and QEMU, started one by one.
    static let byHand: [Connection] = [.stream, .packets, .inherited]
    /// QEMU becomes what the launcher was.
    static let launched: [Connection] = allCases.filter { $0.launch != nil }
}
