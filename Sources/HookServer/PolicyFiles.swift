internal import HookLinux
internal import HookPolicy
internal import Synchronization
internal import SystemPackage

/// The files that make up a policy: none of them twice, and none that others can write.
final class PolicyFiles: Sendable {
    private let ownership: PolicyLoader.Ownership
    /// The objects that have been read, whatever they were called.
    private let seen: Mutex<Set<FileIdentity>>

    enum Failure: Error {
        case unreadable(Errno)
        case untrusted(String)
    }

    /// What the language allows, and one byte to see that there is more.
    private static let limit = 4 << 20

    init(_ ownership: PolicyLoader.Ownership, main: SystemPath) {
        self.ownership = ownership
        var first: Set<FileIdentity> = []
        if let status = try? FileStatus.following(main) { first.insert(status.identity) }
        seen = Mutex(first)
    }

    static func read(
        _ path: SystemPath, _ ownership: PolicyLoader.Ownership, _ pipes: SmallFile.Pipes
    ) throws(Failure) -> [UInt8] {
        try readWithStatus(path, ownership, pipes).bytes
    }

    func include(_ name: [UInt8]) -> IncludeResult {
        do throws(Failure) {
            let path: SystemPath
            do { path = try SystemPath(name) } catch { throw .unreadable(error) }
            let (bytes, status) = try Self.readWithStatus(path, ownership, .neverAwaited)
            guard seen.withLock({ $0.insert(status.identity).inserted }) else { return .alreadyIncluded }
            return .file(bytes)
        } catch {
            switch error {
            case .unreadable(let errno): return .unreadable(errno)
            case .untrusted(let reason): return .untrusted(reason)
            }
        }
    }

    private static func readWithStatus(
        _ path: SystemPath, _ ownership: PolicyLoader.Ownership, _ pipes: SmallFile.Pipes
    ) throws(Failure) -> (bytes: [UInt8], status: FileStatus) {
        let file: (bytes: [UInt8], status: FileStatus)
        do { file = try SmallFile.readWithStatus(path, limit: limit + 1, pipes: pipes) } catch {
            throw .unreadable(error)
        }
        if ownership == .checked, let reason = distrust(file.status) { throw .untrusted(reason) }
        return file
    }

    private static func distrust(_ status: FileStatus) -> String? {
        let own = ThisProcess.effectiveUser
        if status.owner != 0, status.owner != own {
            return "it belongs to user \(status.owner), not to root or to user \(own)"
        }
        if status.isWritableByOthers {
            return "others than its owner can write it (mode \(String(status.permissions, radix: 8)))"
        }
        return nil
    }
}
