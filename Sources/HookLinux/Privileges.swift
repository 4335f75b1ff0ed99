internal import CLinux
package import SystemPackage

/// Rights that this process gives up for good. It must have one thread: the calls are the calling thread's.
package enum Privileges {
    /// Becomes a user, with that user's groups and no others, and makes sure of it. `setgroups(2)`, `setresgid(2)`,
    /// `setresuid(2)`.
    ///
    /// - Throws: `EPERM` if this process may not, or if what was given up could be had again.
    package static func become(_ user: UserIdentity) throws(Errno) {
        _ = try check(
            unsafe user.groups.withUnsafeBufferPointer {
                unsafe oh_become_user(user.uid, user.gid, $0.baseAddress, $0.count)
            })
    }

    /// What no program that this process becomes can have: every capability. `prctl(2)`, `PR_CAPBSET_DROP`.
    ///
    /// - Throws: `EPERM` without `CAP_SETPCAP`: before the user is changed, that is.
    package static func emptyBoundingSet() throws(Errno) { _ = try check(oh_empty_bounding_set()) }

    /// Gives up every capability, ambient and inheritable ones too. `capset(2)`.
    package static func dropCapabilities() throws(Errno) { _ = try check(oh_drop_capabilities()) }

    /// Whether this process, or a program that it becomes, has a capability.
    package static func hasCapabilities() throws(Errno) -> Bool { try check(oh_has_capabilities()) != 0 }

    /// No program that is executed from here on has more rights than this process. `prctl(2)`, `PR_SET_NO_NEW_PRIVS`.
    package static func refuseNewOnes() throws(Errno) { _ = try check(oh_set_no_new_privileges()) }

    /// Lets a process read the memory of this one where Yama forbids it to all but parents. `prctl(2)`,
    /// `PR_SET_PTRACER`. Without Yama there is nothing to do.
    package static func allowTracing(by pid: Int32) throws(Errno) {
        do { _ = try check(oh_allow_tracer(pid)) } catch {
            guard error == .invalidArgument else { throw error }
        }
    }
}
