import Foundation
import HookLinux
import HookSELinux
import TestSupport
import Testing

/// The virtual machine that the tests of this target run in: its kernel enforces SELinux.
enum Guest {
    static let isHere = ProcessInfo.processInfo.environment["OPENHOOK_GUEST"] != nil

    /// With the place of the runtime that the tests' own programs link.
    static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "LD_LIBRARY_PATH=/t/usr/lib/swift"]

    /// Runs a program of the system, as root in the tests' own domain.
    ///
    /// - Returns: what it wrote to standard output.
    /// - Throws: with what it wrote to standard error, unless it exits with 0.
    @discardableResult
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let run = try Program.run(program, arguments, environment: environment)
        guard run.ending == .exited(0) else {
            throw SetUpFailure("\(program) \(arguments.joined(separator: " ")): \(run)")
        }
        return run.output
    }

    /// Runs shell commands; the first one that fails ends them.
    @discardableResult
    static func shell(_ commands: String) throws -> String { try run("sh", "-ec", commands) }

    /// Loads one of the policies that were made with the guest.
    static func load(_ policy: String) throws {
        try shell(
            """
            cp /usr/share/openhook-guest/\(policy) /etc/selinux/default/policy/policy.33
            load_policy
            """)
    }

    /// Whether the policy that is loaded allows one permission.
    static func isAllowed(
        _ subject: String, _ object: String, _ className: String, _ permission: String
    ) throws -> Bool {
        let kernel = LibSELinux()
        let bit = try kernel.permissionBit(permission, ofClass: kernel.classNumber(className))
        return try access(of: subject, to: object, className).allowed & bit == bit
    }

    /// All that the policy that is loaded says.
    static func access(of subject: String, to object: String, _ className: String) throws -> AccessAnswer {
        let kernel = LibSELinux()
        return try kernel.access(
            of: context(subject), to: context(object), classNumber: kernel.classNumber(className))
    }
}

/// They change what the whole system has one of (the mode, booleans, the policy), so one runs at a time.
@Suite(.serialized, .enabled(if: Guest.isHere, "runs in the enforcing guest: .ci/selinux-guest"))
struct GuestTests {}
