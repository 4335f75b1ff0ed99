internal import HookLinux
internal import HookServer
internal import SystemPackage

/// The user, groups and umask of a process, as its `/proc` folder says.
struct TargetIdentity {
    let user: UserIdentity
    /// What the permissions of its new files lack.
    let umask: UInt32

    /// - Throws: errnos of reading `/proc/pid/status`; `EINVAL` for a text without them.
    init(of target: TargetThread) throws(Errno) {
        let text = try SmallFile.read(target.entry("status"), limit: 65_536)
        func numbers(_ key: String, radix: Int = 10) -> [UInt32] {
            for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array(key.utf8)) {
                let words = line.dropFirst(key.utf8.count).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                return words.compactMap { UInt32(String(decoding: $0, as: UTF8.self), radix: radix) }
            }
            return []
        }
        let (uids, gids) = (numbers("Uid:"), numbers("Gid:"))
        // Real, effective, saved, file system.
        guard uids.count == 4, gids.count == 4 else { throw .invalidArgument }
        // Linux 4.7 has it; without it nobody else gets anything.
        umask = numbers("Umask:", radix: 8).first ?? 0o077
        user = UserIdentity(uid: uids[1], gid: gids[1], groups: numbers("Groups:"))
    }

    /// Who asks, while the thread that asks waits still.
    static func asking(_ target: TargetThread, _ stillWaits: () -> Bool) throws(Refusal) -> TargetIdentity {
        let identity: TargetIdentity
        do { identity = try TargetIdentity(of: target) } catch { throw .kernel(error) }
        guard stillWaits() else { throw .kernel(.noSuchProcess) }
        return identity
    }

    func assumeOrRefuse() throws(Refusal) -> ThreadCredentials {
        do { return try assume() } catch {
            throw error == .notPermitted ? .foreignUser : .kernel(error)
        }
    }

    /// This thread acts as that user, and without capabilities, while the value lives.
    ///
    /// - Throws: `EPERM` if the broker may not.
    func assume() throws(Errno) -> ThreadCredentials {
        let own = try UserIdentity.own()
        if own.uid == 0 { return try ThreadCredentials(.effective, of: user, insteadOf: own) }
        guard own.uid == user.uid else { throw .notPermitted }
        return try ThreadCredentials(.effective, of: own, insteadOf: own)
    }
}
