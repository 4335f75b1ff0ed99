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
        let ruleset = try Self.ruleset(command.confinement)
        let landlock = Self.number(of: ruleset)
        var pidfd: Int32 = -1
        let result = unsafe CStringArray.lend([command.program.bytes] + command.arguments) { arguments in
            unsafe CStringArray.lend(command.environment) { environment in
                unsafe command.program.withCString { program in
                    unsafe command.descriptors.withUnsafeBufferPointer { descriptors in
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
                        unsafe spawn.confine = landlock < 0 ? 0 : 1
                        unsafe spawn.landlock = landlock
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
        extendLifetime(ruleset)
        pid = try check(result)
        handle = OwnedDescriptor(taking: pidfd)
    }

    /// What the child is confined with; nil: nothing.
    private static func ruleset(_ confinement: Confinement) throws(Errno) -> LandlockRuleset? {
        guard case .landlock(let readable, let writable) = confinement else { return nil }
        guard let version = LandlockRuleset.kernelVersion else { throw .notSupported }
        let ruleset = try LandlockRuleset(handling: .known(to: version), scopes: [])
        for path in readable {
            try allow([.execute, .readFile, .readDirectory], beneath: path, in: ruleset)
        }
        for path in writable { try allow(.known(to: version), beneath: path, in: ruleset) }
        return ruleset
    }

    private static func number(of ruleset: borrowing LandlockRuleset?) -> CInt {
        switch ruleset {
        case .none: -1
        case .some(let ruleset): ruleset.number
        }
    }

    /// Names that are not there are left out: nothing is to be allowed beneath them.
    private static func allow(
        _ rights: LandlockRights, beneath path: SystemPath, in ruleset: borrowing LandlockRuleset
    ) throws(Errno) {
        do { try ruleset.allow(rights, beneath: path) } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
        }
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
}
