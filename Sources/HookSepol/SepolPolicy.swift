internal import CSepol
package import HookLinux
package import HookSELinux
internal import Synchronization
package import SystemPackage

/// A SELinux policy that is read from its binary file and asked in this process, by libsepol: for a machine without
/// SELinux, and for what a policy would say that is not loaded. Booleans are as the file has them.
///
/// It knows no permissive domains: what they are denied, it denies. libsepol has room for one policy in a process, so
/// all values share a lock, and each loads its own policy again if another one's is in place. libsepol 3.4 does not free
/// the one before: several are to be asked one after the other, not in turns.
package final class SepolPolicy: PolicyEngine {
    package enum Failure: Error, Equatable {
        case unreadable(Errno)
        /// libsepol cannot use what is in the file.
        case noPolicy
    }

    /// No policy is as large as this.
    private static let largestFile = 256 << 20
    private static let numbers = Atomic<UInt64>(0)
    /// Guards libsepol; the number of the value whose policy is in place.
    private static let inPlace = Mutex<UInt64>(0)

    private let image: [UInt8]
    private let number = SepolPolicy.numbers.add(1, ordering: .relaxed).newValue

    /// - Parameter path: such as `/etc/selinux/default/policy/policy.33`, or `/sys/fs/selinux/policy` for the one that
    ///   is loaded, with its booleans as they are set.
    package init(readingFile path: SystemPath) throws(Failure) {
        do { image = try SmallFile.read(path, limit: Self.largestFile) } catch { throw .unreadable(error) }
        guard !image.isEmpty else { throw .noPolicy }
        do { try withPolicy {} } catch { throw .noPolicy }
    }

    /// Runs calls of libsepol on this value's policy.
    func withPolicy<R>(_ body: () throws(Errno) -> R) throws(Errno) -> R {
        try Self.inPlace.withLock { inPlace throws(Errno) in
            if inPlace != number {
                // What is in place after a failure is not to be asked anything.
                inPlace = 0
                try load()
                inPlace = number
            }
            return try body()
        }
    }

    private func load() throws(Errno) {
        // It would print what it thinks of a policy or a context: the caller says that.
        sepol_debug(0)
        var copy = image
        let result = unsafe copy.withUnsafeMutableBytes { unsafe oh_sepol_load($0.baseAddress, $0.count) }
        guard result == 0 else { throw .invalidArgument }
    }

    /// Whether the policy has this context: its user, role, type and level, in this combination.
    package func knows(_ context: SecurityContext) -> Bool {
        (try? withPolicy { () throws(Errno) in try Self.identifier(of: context) }) != nil
    }

    /// The number that libsepol gives to a context.
    static func identifier(of context: SecurityContext) throws(Errno) -> sepol_security_id_t {
        var identifier: sepol_security_id_t = 0
        let text = context.bytes.map { CChar(bitPattern: $0) } + [0]
        guard unsafe sepol_context_to_sid(text, text.count, &identifier) == 0 else { throw .invalidArgument }
        return identifier
    }

    // MARK: PolicyEngine

    package func classNumber(_ name: String) throws(Errno) -> UInt16 {
        try withPolicy { () throws(Errno) in
            var number: sepol_security_class_t = 0
            guard unsafe sepol_string_to_security_class(name, &number) == 0, number != 0 else {
                throw .invalidArgument
            }
            return number
        }
    }

    package func permissionBit(_ name: String, ofClass number: UInt16) throws(Errno) -> UInt32 {
        try withPolicy { () throws(Errno) in
            var bit: sepol_access_vector_t = 0
            guard unsafe sepol_string_to_av_perm(number, name, &bit) == 0, bit != 0 else { throw .invalidArgument }
            return bit
        }
    }

    /// Nothing is remembered.
    package func forgetClasses() {}

    package func access(
        of subject: SecurityContext, to object: SecurityContext, classNumber: UInt16
    ) throws(Errno) -> AccessAnswer {
        try withPolicy { () throws(Errno) in
            var decision = sepol_av_decision()
            let result = unsafe sepol_compute_av(
                try Self.identifier(of: subject), try Self.identifier(of: object), classNumber, .max, &decision)
            guard result == 0 else { throw .invalidArgument }
            return AccessAnswer(
                allowed: decision.allowed, decided: decision.decided, auditDeny: decision.auditdeny,
                domainIsPermissive: false, sequence: decision.seqno)
        }
    }

    /// A policy that is not loaded is enforced by nobody: what is asked for is what a kernel would do that enforces it.
    package func isEnforcing() -> Bool { true }

    package func status() -> SELinuxStatus { SELinuxStatus(policyLoads: 0, isEnforcing: true) }
}

extension SepolPolicy.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let errno): errno.described
        case .noPolicy: "not a binary SELinux policy, or one that is newer than this system's libsepol"
        }
    }
}
