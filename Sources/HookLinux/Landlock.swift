internal import CLinux
package import SystemPackage

/// What a Landlock rule allows beneath an object (landlock(7)).
package struct LandlockRights: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let execute = LandlockRights(rawValue: 1 << 0)
    package static let writeFile = LandlockRights(rawValue: 1 << 1)
    package static let readFile = LandlockRights(rawValue: 1 << 2)
    package static let readDirectory = LandlockRights(rawValue: 1 << 3)
    package static let removeDirectory = LandlockRights(rawValue: 1 << 4)
    package static let removeFile = LandlockRights(rawValue: 1 << 5)
    package static let makeCharacterDevice = LandlockRights(rawValue: 1 << 6)
    package static let makeDirectory = LandlockRights(rawValue: 1 << 7)
    package static let makeFile = LandlockRights(rawValue: 1 << 8)
    package static let makeSocket = LandlockRights(rawValue: 1 << 9)
    package static let makeFIFO = LandlockRights(rawValue: 1 << 10)
    package static let makeBlockDevice = LandlockRights(rawValue: 1 << 11)
    package static let makeSymbolicLink = LandlockRights(rawValue: 1 << 12)
    /// Linking and renaming from one directory to another; version 2.
    package static let refer = LandlockRights(rawValue: 1 << 13)
    /// Version 3.
    package static let truncate = LandlockRights(rawValue: 1 << 14)
    /// Version 5.
    package static let deviceControl = LandlockRights(rawValue: 1 << 15)

    /// Those that something other than a directory can have.
    static let ofFiles: LandlockRights = [.execute, .writeFile, .readFile, .truncate, .deviceControl]

    /// Every right that a version of Landlock knows.
    package static func known(to version: Int) -> LandlockRights {
        var count = version >= 1 ? 13 : 0
        for newer in [2, 3, 5] where version >= newer { count += 1 }
        return LandlockRights(rawValue: 1 << UInt64(count) - 1)
    }
}

/// What a process behind Landlock cannot do to those outside (landlock(7), version 6).
package struct LandlockScopes: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Connecting to an abstract UNIX socket.
    package static let abstractSockets = LandlockScopes(rawValue: 1 << 0)
    /// Sending a signal.
    package static let signals = LandlockScopes(rawValue: 1 << 1)

    /// Every scope that a version of Landlock knows.
    package static func known(to version: Int) -> LandlockScopes { version >= 6 ? [.abstractSockets, .signals] : [] }
}

/// A ruleset that is being made. It holds for the calling thread, and for what that starts, once it is enforced.
package struct LandlockRuleset: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor
    private let rights: LandlockRights

    /// The version of Landlock that the kernel has; `nil` if it has none, or it is switched off.
    package static var kernelVersion: Int? {
        let version = oh_landlock_version()
        return version > 0 ? Int(version) : nil
    }

    /// `landlock_create_ruleset(2)`.
    ///
    /// - Parameter rights: what is refused wherever no rule allows it; the kernel must know all of it.
    package init(handling rights: LandlockRights, scopes: LandlockScopes) throws(Errno) {
        descriptor = OwnedDescriptor(taking: try check(oh_landlock_ruleset(rights.rawValue, scopes.rawValue)))
        self.rights = rights
    }

    /// For a child, which is confined with it. It stays this value's.
    var number: CInt { borrowing get { descriptor.number } }

    /// Allows something on what a name leads to now, and on all beneath it. `landlock_add_rule(2)`.
    ///
    /// Rights that the ruleset does not handle, or that a file cannot have, are left out.
    /// - Throws: `ENOENT` if there is nothing of that name, `EACCES` if it cannot be come to.
    package borrowing func allow(_ allowed: LandlockRights, beneath path: SystemPath) throws(Errno) {
        let flags = OpenFlag.pathOnly | OpenFlag.closeOnExec
        let object = OwnedDescriptor(
            taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        let isDirectory = try FileStatus.of(object).kind == .directory
        let possible = isDirectory ? rights : rights.intersection(.ofFiles)
        let granted = allowed.intersection(possible)
        guard !granted.isEmpty else { return }
        _ = try check(oh_landlock_allow(descriptor.number, object.number, granted.rawValue))
    }

    /// From here on the calling thread, and every program that it becomes, has no other rights. It cannot be undone.
    /// `landlock_restrict_self(2)`.
    ///
    /// - Throws: `EPERM` without `no_new_privs`, `E2BIG` in more than 16 layers.
    package borrowing func restrictThisThread() throws(Errno) {
        _ = try check(oh_landlock_restrict(descriptor.number))
    }
}
