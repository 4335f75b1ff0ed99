internal import CSeccomp
package import HookLinux
package import HookPolicy
package import SystemPackage

/// The filter of a process that opens nothing by name: what it asks the broker for, what it may not do at all.
///
/// Making it allocates; loading it is two system calls, so that it can be done between a change of identity and `exec`.
package struct NotifyFilter: Sendable {
    package typealias Coverage = NotifyCoverage

    /// Why there is no filter.
    package enum Failure: Error, Sendable, Equatable {
        case kernel(SystemCallFilter.Gap)
        /// libseccomp refused something.
        case library(String, Errno)
        /// A rule is about a call that this program has no number for.
        case unknownCall(String)
    }

    /// The filter as the kernel loads it (`struct sock_filter`).
    package let program: [UInt8]
    /// The same in words, a line each.
    package let words: [String]

    /// Asks the kernel whether it can do what the filter needs, and compiles the filter.
    package init(policy: Policy, coverage: Coverage) throws(Failure) {
        try self.init(ioUring: policy.ioUring, coverage: coverage)
    }

    /// The same for a launcher, which knows of the policy what the broker tells it.
    package init(ioUring: IOUring, coverage: Coverage) throws(Failure) {
        do throws(SystemCallFilter.Gap) { try SystemCallFilter.probe() } catch { throw .kernel(error) }
        let rules = FilterRules(ioUring: ioUring, coverage)
        program = try FilterCompiler.compile(rules.rules)
        words = rules.words
    }

    /// Installs the filter in the calling thread, and all that it executes or starts from now on, for good.
    ///
    /// `no_new_privs` must be set. From here on every call that the filter notifies waits until somebody answers it at
    /// the listener; without one it fails with `ENOSYS`.
    /// - Throws: errnos of `seccomp(2)`.
    package func install() throws(Errno) -> OwnedDescriptor { try SystemCallFilter.install(program) }
}

extension NotifyFilter.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .kernel(let gap): gap.description
        case .library(let call, let errno): "libseccomp, \(call): \(errno.described)"
        case .unknownCall(let name): "the filter is about \(name), which is no system call that is known here"
        }
    }
}
