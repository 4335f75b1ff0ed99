import HookLinux
import Synchronization
import SystemPackage
import TestSupport

/// Something that a second thread does again and again, until the value ends.
final class Rival {
    private final class Shared: Sendable {
        let mayGoOn = Atomic<Bool>(true)
        let hasEnded = Atomic<Bool>(false)
        let rounds = Atomic<Int>(0)
    }

    private let shared = Shared()

    /// Begins; one round at least is over when this returns.
    init(_ round: @escaping @Sendable () throws -> Void) throws {
        let shared = shared
        try Thread.start {
            while shared.mayGoOn.load(ordering: .acquiring) {
                do { try round() } catch { break }
                shared.rounds.add(1, ordering: .releasing)
            }
            shared.hasEnded.store(true, ordering: .releasing)
        }
        guard poll({ shared.rounds.load(ordering: .acquiring) > 0 ? true : nil }) == true else {
            throw SetUpFailure("no second thread")
        }
    }

    /// - Returns: how often it was done; `nil` if it failed.
    func stop() -> Int? {
        let failed = shared.hasEnded.load(ordering: .acquiring)
        shared.mayGoOn.store(false, ordering: .releasing)
        _ = poll { shared.hasEnded.load(ordering: .acquiring) ? true : nil }
        return failed ? nil : shared.rounds.load(ordering: .acquiring)
    }
}

/// How a number of opens ended.
struct Tally {
    private(set) var granted = 0
    private(set) var refused: [Errno: Int] = [:]
    /// Granted, but not what may be opened.
    private(set) var escapes = 0

    /// - Parameter isAllowed: what may be handed out.
    init(
        _ count: Int, of name: String, _ flags: CInt, from server: TestServer, isAllowed: (GrantedFile) throws -> Bool
    ) throws {
        let connection = try server.connect()
        for _ in 0..<count {
            switch try connection.open(name, flags) {
            case .granted(let file):
                granted += 1
                if try !isAllowed(file) { escapes += 1 }
            case .refused(let errno): refused[errno, default: 0] += 1
            case .closed: throw SetUpFailure("closed after \(granted) grants, \(refused)")
            }
        }
    }
}
