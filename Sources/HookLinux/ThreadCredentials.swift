internal import CLinux
package import SystemPackage

/// The calling thread, and no other, acts as a user for as long as the value lives.
package struct ThreadCredentials: ~Copyable {
    /// For which calls.
    package enum Scope: Sendable {
        /// Those of the file system. `setfsuid(2)`, `setfsgid(2)`.
        case fileSystem
        /// All, and whoever asks who is at the other end of a socket; without any capability, even if the user stays the
        /// same. `setresuid(2)` and `setresgid(2)` of the effective ids, `capset(2)` of the effective set.
        case effective
    }

    private let scope: Scope
    private let before: UserIdentity
    private let change: Change
    /// The effective set that is given back, a bit each.
    private let capabilities: UInt64

    private enum Change { case none, user }

    /// Takes over a user's rights, with that user's groups and no others (`setgroups(2)`).
    ///
    /// - Parameter before: who the thread is now, and will be again.
    /// - Throws: `EPERM` if the kernel did not let this process do that.
    package init(_ scope: Scope, of user: UserIdentity, insteadOf before: UserIdentity) throws(Errno) {
        let change: Change = user == before ? .none : .user
        var capabilities: UInt64 = 0
        if scope == .effective { _ = try check(unsafe oh_effective_capabilities(&capabilities)) }
        do {
            if change == .user { try Self.become(user, scope) }
            if scope == .effective { _ = try check(oh_set_effective_capabilities(0)) }
        } catch {
            let remains = (try? Self.current(scope)) == before
            Self.goBack(to: before, scope, remains ? .none : .user, capabilities)
            throw error
        }
        // Only now is there something that its end must take back.
        self.scope = scope
        self.before = before
        self.change = change
        self.capabilities = capabilities
    }

    deinit { Self.goBack(to: before, scope, change, capabilities) }

    /// Going on with another user's rights, or with more than the admin wrote, must never happen.
    private static func goBack(to before: UserIdentity, _ scope: Scope, _ change: Change, _ capabilities: UInt64) {
        do {
            // It takes capabilities to change groups; and a change to user 0, or from it, changes the set.
            if scope == .effective { _ = try check(oh_set_effective_capabilities(capabilities)) }
            if change == .user { try become(before, scope) }
            if scope == .effective { _ = try check(oh_set_effective_capabilities(capabilities)) }
        } catch {
            preconditionFailure("the thread's identity could not be restored")
        }
    }

    private static func current(_ scope: Scope) throws(Errno) -> UserIdentity {
        let own = try UserIdentity.own()
        switch scope {
        case .effective: return own
        case .fileSystem:
            return UserIdentity(uid: oh_file_system_user(), gid: oh_file_system_group(), groups: own.groups)
        }
    }

    private static func become(_ user: UserIdentity, _ scope: Scope) throws(Errno) {
        let result = unsafe user.groups.withUnsafeBufferPointer { groups in
            switch scope {
            case .fileSystem:
                unsafe oh_set_file_system_identity(user.uid, user.gid, groups.baseAddress, groups.count)
            case .effective: unsafe oh_assume_user(user.uid, user.gid, groups.baseAddress, groups.count)
            }
        }
        _ = try check(result)
    }
}
