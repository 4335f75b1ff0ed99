package import HookLinux
internal import SystemPackage

/// The directories that QEMU has to itself: for sockets and pid files, and for temporary files.
///
/// They stay when it has ended, and are found again at its next start.
package struct PrivatePlaces: Sendable {
    /// What belongs to the VM's broker; QEMU has no right to it. Nil if this user can have none.
    package let base: SystemPath?
    /// `qemu` in the base.
    package let run: SystemPath?
    /// TMPDIR of QEMU, which is not in the base: `snapshot=on` puts whole disks there.
    package let temporary: SystemPath

    /// - Parameters:
    ///   - vm: the VM's name, which is also one of a file.
    ///   - uid: QEMU's user.
    init(vm: [UInt8], uid: UInt32) {
        base = Self.base(vm)
        run = base.map { Self.name("qemu", in: $0) }
        var temporary = Self.absolute(ThisProcess.environment("TMPDIR")) ?? SystemPath("/var/tmp")
        temporary.appendComponent((Array("openhook-".utf8) + vm + Array("-\(uid)".utf8)).span)
        self.temporary = temporary
    }

    /// The directory that the service manager made (systemd.exec(5), `RuntimeDirectory=`), else one of root's, else one in
    /// the user's own (`XDG_RUNTIME_DIR`).
    private static func base(_ vm: [UInt8]) -> SystemPath? {
        let given = ThisProcess.environment("RUNTIME_DIRECTORY")?.split(separator: UInt8(ascii: ":")).first
        if let given = absolute(given.map(Array.init)) { return given }
        if ThisProcess.effectiveUser == 0 { return inOpenhook(SystemPath("/run"), vm) }
        return absolute(ThisProcess.environment("XDG_RUNTIME_DIR")).map { inOpenhook($0, vm) }
    }

    private static func inOpenhook(_ directory: SystemPath, _ vm: [UInt8]) -> SystemPath {
        var path = name("openhook", in: directory)
        path.appendComponent(vm.span)
        return path
    }

    private static func name(_ component: String, in directory: SystemPath) -> SystemPath {
        var path = directory
        path.appendComponent(Array(component.utf8).span)
        return path
    }

    private static func absolute(_ bytes: [UInt8]?) -> SystemPath? {
        guard let bytes, bytes.first == UInt8(ascii: "/") else { return nil }
        return try? SystemPath(bytes)
    }

    // MARK: Making

    /// What `make` would make.
    var planned: [OwnPlace] { [run, temporary].compactMap(\.self).map { OwnPlace($0, .write, .launcher) } }

    /// Makes them for QEMU's user.
    ///
    /// - Returns: those that are there now. A run directory is not needed: it may be one that this user cannot make.
    /// - Throws: if the directory for temporary files cannot be had.
    func make(for user: UserIdentity) throws(LaunchFailure) -> [OwnPlace] {
        var places: [OwnPlace] = []
        if let run, makeRun(run, user) { places.append(OwnPlace(run, .write, .launcher)) }
        do throws(PrivateDirectory.Failure) {
            try PrivateDirectory.make(temporary, uid: user.uid, gid: user.gid)
        } catch {
            throw .environment("QEMU's directory for temporary files, \(temporary.text): \(error)")
        }
        return places + [OwnPlace(temporary, .write, .launcher)]
    }

    private func makeRun(_ run: SystemPath, _ user: UserIdentity) -> Bool {
        guard let base else { return false }
        do {
            var parent = base
            parent.truncate(to: max(1, base.lastComponentStart - 1))
            try PrivateDirectory.makeShared(parent)
            try PrivateDirectory.makeShared(base)
            try PrivateDirectory.make(run, uid: user.uid, gid: user.gid)
            return true
        } catch {
            return false
        }
    }

    /// Where the broker notes its process, so that it can be told to load its policy anew: `kill -HUP`. Nil if this user
    /// can have no such place.
    var brokerPid: SystemPath? { base.map { Self.name("broker.pid", in: $0) } }
}

extension PrivateDirectory.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let errno): errno.described
        case .notADirectory: "there is something else of that name"
        case .belongsTo(let uid):
            "it belongs to user \(uid), not to QEMU's: remove it, or name another place with TMPDIR"
        case .writableByOthers: "others than QEMU's user can write it"
        }
    }
}
