internal import CLinux
package import SystemPackage

/// A program that outlives the exec of this one: no child of this process, and in a session of its own.
///
/// A guardian waits for it. It tells this process how the program ended, as long as this process is the one that
/// started it; after that, an end that is no good one goes to the system log (syslog(3)) and to standard error.
package struct DetachedProcess: ~Copyable, Sendable {
    private let report: OwnedDescriptor

    /// Must be called while this process has one thread: it forks.
    ///
    /// - Parameters:
    ///   - arguments: with the program's own name.
    ///   - descriptors: the program's 0, 1, 2, …; -1 is /dev/null; 16 at most.
    ///   - name: what the system log calls it, at the beginning of a sentence.
    ///   - loss: what it says beside how the program ended.
    /// - Throws: the errno of whatever failed, in the program until its exec, too.
    package init(
        _ program: SystemPath, _ arguments: [[UInt8]], environment: [[UInt8]], descriptors: [CInt],
        name: SystemPath, loss: StaticString
    ) throws(Errno) {
        var report: Int32 = -1
        let result = unsafe CStringArray.lend(arguments) { arguments in
            unsafe CStringArray.lend(environment) { environment in
                unsafe program.withCString { program in
                    unsafe name.withCString { name in
                        unsafe SystemPath(loss).withCString { loss in
                            unsafe descriptors.withUnsafeBufferPointer { descriptors in
                                var detached = unsafe oh_detached(
                                    program: program, arguments: arguments, environment: environment,
                                    descriptors: descriptors.baseAddress, descriptor_count: descriptors.count,
                                    name: name, loss: loss)
                                return unsafe oh_start_detached(&detached, &report)
                            }
                        }
                    }
                }
            }
        }
        _ = try check(result)
        self.report = OwnedDescriptor(taking: report)
    }

    /// Waits until it has ended.
    ///
    /// - Throws: `EIO` if its guardian was killed.
    package borrowing func ending() throws(Errno) -> ChildProcess.Ending {
        var bytes = [UInt8](repeating: 0, count: 4)
        guard try report.read(into: &bytes) == 4 else { throw .ioError }
        let number = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return ChildProcess.Ending(Int32(littleEndian: Int32(bitPattern: number)))
    }
}
