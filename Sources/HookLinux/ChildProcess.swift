internal import CLinux
package import SystemPackage

/// A program that this one starts: with exactly the descriptors, the user and the rights that are given.
package struct ChildProcess: ~Copyable, Sendable {
    package let pid: Int32
    private let handle: OwnedDescriptor

    /// What the child may reach of the file system (landlock(7)).
    package enum Confinement: Sendable {
        case none
        /// Reading and executing beneath some names, everything beneath others, nothing else.
        case landlock(reading: [SystemPath], everything: [SystemPath])
    }

    /// What a child may use that reads what is not to be trusted. `setrlimit(2)`.
    package struct Limits: Sendable {
        /// Bytes of addresses at most (`RLIMIT_AS`).
        package let memory: UInt64
        /// Seconds of the processor's time at most (`RLIMIT_CPU`).
        package let seconds: UInt64

        package init(memory: UInt64, seconds: UInt64) {
            self.memory = memory
            self.seconds = seconds
        }
    }

    package struct Command: Sendable {
        /// An absolute name.
        package var program: SystemPath
        /// Without the program's own name.
        package var arguments: [[UInt8]]
        /// `NAME=value`.
        package var environment: [[UInt8]]
        /// The child's descriptors 0, 1, 2, …: numbers of this process's; -1 is /dev/null. All others are closed.
        package var descriptors: [CInt]
        package var user: UserIdentity?
        package var confinement: Confinement
        /// Killed when the thread that started it ends (prctl(2), `PR_SET_PDEATHSIG`).
        package var endsWithParent: Bool
        /// From the child's first moment on; it then writes no file (`RLIMIT_FSIZE`) and leaves no core, either.
        package var limits: Limits?

        package init(program: SystemPath, arguments: [[UInt8]]) {
            self.program = program
            self.arguments = arguments
            environment = []
            descriptors = [-1, 1, 2]
            user = nil
            confinement = .none
            endsWithParent = false
            limits = nil
        }
    }

    /// `fork(2)` and `execve(2)`.
    /// - Throws: the errno of whatever failed, in the child until its exec, too.
    package init(_ command: Command) throws(Errno) {
        var reading: [RootOrFile] = []
        var everything: [RootOrFile] = []
        if case .landlock(let readable, let writable) = command.confinement {
            reading = try Self.open(readable)
            everything = try Self.open(writable)
        }
        var pidfd: Int32 = -1
        let readingNumbers = reading.map { $0.descriptor.number }
        let everythingNumbers = everything.map { $0.descriptor.number }
        let result = unsafe CStringArray.lend([command.program.bytes] + command.arguments) { arguments in
            unsafe CStringArray.lend(command.environment) { environment in
                unsafe command.program.withCString { program in
                    unsafe command.descriptors.withUnsafeBufferPointer { descriptors in
                        unsafe readingNumbers.withUnsafeBufferPointer { reading in
                            unsafe everythingNumbers.withUnsafeBufferPointer { everything in
                                var spawn = unsafe oh_spawn()
                                unsafe spawn.program = program
                                unsafe spawn.arguments = arguments
                                unsafe spawn.environment = environment
                                unsafe spawn.descriptors = descriptors.baseAddress
                                unsafe spawn.descriptor_count = descriptors.count
                                if let user = command.user {
                                    unsafe spawn.change_identity = 1
                                    unsafe spawn.uid = user.uid
                                    unsafe spawn.gid = user.gid
                                }
                                unsafe spawn.landlock_read = reading.baseAddress
                                unsafe spawn.landlock_read_count = reading.count
                                unsafe spawn.landlock_write = everything.baseAddress
                                unsafe spawn.landlock_write_count = everything.count
                                if case .landlock = command.confinement { unsafe spawn.confine = 1 }
                                unsafe spawn.end_with_parent = command.endsWithParent ? 1 : 0
                                if let limits = command.limits {
                                    unsafe spawn.limit = 1
                                    unsafe spawn.memory = limits.memory
                                    unsafe spawn.processor = limits.seconds
                                }
                                return unsafe oh_spawn(&spawn, &pidfd)
                            }
                        }
                    }
                }
            }
        }
        withExtendedLifetime((reading, everything)) {}
        let child = try check(result)
        guard pidfd >= 0 else { throw Errno(rawValue: 0 &- pidfd) }
        pid = child
        handle = OwnedDescriptor(taking: pidfd)
    }

    /// How a process ended.
    package enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)

        init(_ raw: Int32) { self = raw < 256 ? .exited(raw) : .signalled(raw - 256) }
    }

    /// Waits for the end. It may be asked once. `waitid(2)`.
    package borrowing func wait() throws(Errno) -> Ending {
        Ending(try check(oh_wait(pid, Int32(OH_WAIT_BLOCKING))))
    }

    /// Waits some time for the end; `nil` if it still runs then.
    package borrowing func wait(milliseconds: Int32) throws(Errno) -> Ending? {
        guard try Polling.wait(for: handle.number, milliseconds: milliseconds) else { return nil }
        return try wait()
    }

    /// Becomes readable when the process ends (pidfd_open(2)).
    package borrowing func readiness() -> Readiness { Readiness(of: handle.number) }

    /// `pidfd_send_signal(2)`.
    package borrowing func send(signal: Signal) throws(Errno) {
        _ = try check(oh_pidfd_signal(handle.number, signal.rawValue))
    }

    /// The version of Landlock that the kernel has, or `nil`.
    package static var landlockVersion: Int? {
        let version = oh_landlock_version()
        return version > 0 ? Int(version) : nil
    }

    private final class RootOrFile {
        let descriptor: OwnedDescriptor
        init(_ path: SystemPath) throws(Errno) {
            let flags = OpenFlag.pathOnly | OpenFlag.closeOnExec
            descriptor = OwnedDescriptor(
                taking: try check(unsafe path.withCString { unsafe oh_openat(currentDirectory, $0, flags, 0) }))
        }
    }

    /// Names that are not there are left out: nothing is to be allowed beneath them.
    private static func open(_ paths: [SystemPath]) throws(Errno) -> [RootOrFile] {
        var opened: [RootOrFile] = []
        for path in paths {
            do { opened.append(try RootOrFile(path)) } catch {
                guard error == .noSuchFileOrDirectory else { throw error }
            }
        }
        return opened
    }
}
