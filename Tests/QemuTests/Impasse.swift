import Foundation

/// Something that a test waits for, or builds on, did not come about.
struct Impasse: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// How long anything is waited for.
enum Patience {
    static let limit = Duration.seconds(20)
    static let milliseconds: Int32 = 20_000

    /// Looks every few milliseconds, for a limited time, for what another process brings about.
    static func look<Found>(_ what: () throws -> Found?) throws -> Found? {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let found = try what() { return found }
            usleep(3000)
        }
        return try what()
    }
}
