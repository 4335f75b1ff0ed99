internal import HookLinux
internal import HookServer
internal import SystemPackage

/// `unlink` in the program's own directories, made by the broker as the program's user, where every name is the broker's:
/// a program removes what is in the way of a socket that it makes, and the socket when it ends.
struct OwnRemoval {
    let path: [UInt8]
    let target: TargetThread

    /// - Parameter stillWaits: whether the thread that asked waits still: only then is the user its own.
    func make(in own: OwnDirectories, stillWaits: () -> Bool) throws(Refusal) -> NameAnswer {
        let asking = try TargetIdentity.asking(target, stillWaits)
        let credentials = try asking.assumeOrRefuse()
        defer { extendLifetime(credentials) }
        let place: SocketPlace
        do { place = try SocketPlace.missing(path) } catch { throw .kernel(error) }
        guard own.contain(place.realName.bytes) else { throw .notOwnSocket(nil) }
        do { try place.remove() } catch {
            throw error == .noSuchFileOrDirectory ? .answer(error) : .kernel(error)
        }
        return .done
    }
}
