import Foundation
import HookLinux
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
}

/// They change what the whole system has one of (the mode, booleans, the policy), so one runs at a time.
@Suite(.serialized, .enabled(if: Guest.isHere, "runs in the enforcing guest: .ci/selinux-guest"))
struct GuestTests {}
