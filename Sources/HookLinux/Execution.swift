internal import CLinux
package import SystemPackage

/// Becoming another program.
package enum Execution {
    /// `execve(2)`.
    ///
    /// - Parameters:
    ///   - arguments: with the program's own name, which comes first.
    ///   - environment: `NAME=value`.
    /// - Returns: why it failed; if it does not, this process is the other program.
    package static func become(_ program: SystemPath, _ arguments: [[UInt8]], _ environment: [[UInt8]]) -> Errno {
        let result = unsafe CStringArray.lend(arguments) { arguments in
            unsafe CStringArray.lend(environment) { environment in
                unsafe program.withCString { unsafe oh_execute($0, arguments, environment) }
            }
        }
        return Errno(rawValue: 0 &- result)
    }

    /// Whether this process's effective user may execute a file. `faccessat2(2)`.
    package static func check(_ program: SystemPath) throws(Errno) {
        _ = try HookLinux.check(unsafe program.withCString { unsafe oh_may_execute($0) })
    }
}

extension ThisProcess {
    /// `NAME=value`, as bytes. `environ(7)`.
    package static var environment: [[UInt8]] {
        var entries: [[UInt8]] = []
        while let entry = unsafe oh_environment_entry(entries.count) {
            entries.append(unsafe bytes(of: entry))
        }
        return entries
    }

    /// Has a descriptor stay open, or not, in a program that this process becomes. `fcntl(2)`, `F_SETFD`.
    package static func keepAtExec(_ descriptor: borrowing OwnedDescriptor) throws(Errno) {
        _ = try HookLinux.check(oh_set_close_on_exec(descriptor.number, 0))
    }
}
