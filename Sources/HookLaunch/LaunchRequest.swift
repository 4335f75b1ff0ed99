package import HookLinux
package import HookWire

/// What a launcher is asked to do: start one program, so that it reaches files through a broker.
package struct LaunchRequest: Sendable {
    /// How the program comes to the broker.
    package enum Via: String, Sendable, CaseIterable {
        /// The strongest that this kernel and the program allow.
        case auto
        /// Its system calls are answered (seccomp user notification).
        case notify
        /// A library that is loaded into it asks (`LD_PRELOAD`).
        case preload
        /// It asks by itself (`-open-hook-fd`).
        case native
    }

    /// Who answers.
    package enum Broker: Sendable {
        /// A server that is started for this program, with the launcher's rights, and ends with it.
        case alone(OwnBroker)
        /// A server that runs already, by the name of its socket for launchers.
        case attached(SystemPath)
    }

    /// Whether there is a wall of Landlock around the program.
    package enum Confinement: Sendable { case landlock, none }

    /// Whether the program may run as root, which is no boundary.
    package enum RootRule: Sendable { case refused, allowed }

    /// Whether the program gets the SELinux label of the policy by `setexeccon(3)`.
    package enum Transition: Sendable { case none, toPolicyLabel }

    /// The program's file, absolute.
    package var program: SystemPath
    /// With the program's own name, which comes first.
    package var arguments: [[UInt8]]
    package var via = Via.auto
    package var broker: Broker
    package var user: UserIdentity?
    package var root = RootRule.refused
    package var confinement = Confinement.landlock
    package var coverage = LaunchMessage.Coverage.managedNames
    package var transition = Transition.none
    /// The preload library; nil: there is none on this machine.
    package var library: SystemPath?
    /// Directories that the program may write beside those of the policy.
    package var privatePlaces: [SystemPath] = []

    package init(program: SystemPath, arguments: [[UInt8]], broker: Broker) {
        self.program = program
        self.arguments = arguments
        self.broker = broker
    }
}

/// How a broker of its own is started: options of `openhookd`.
package struct OwnBroker: Sendable {
    /// The file of `openhookd`, absolute.
    package var server: SystemPath
    /// Absolute.
    package var policy: SystemPath
    /// Absolute, or `-`; nil: standard error.
    package var audit: [UInt8]?
    /// A socket for other programs beside the launched one.
    package var socket: SystemPath?
    /// In seconds.
    package var openTimeout: Int?
    package var policyWriters = PolicyWriters.trusted

    /// Who may be able to write the policy's files.
    package enum PolicyWriters: Sendable { case trusted, anyone }

    package init(server: SystemPath, policy: SystemPath) {
        self.server = server
        self.policy = policy
    }
}

/// Why nothing was started.
package enum LaunchFailure: Error, Sendable, Equatable {
    /// Wrong usage, or a policy with errors. Exit status 2.
    case usage(String)
    /// Something that the system lacks. Exit status 3.
    case environment(String)
    /// The broker ended with this status, and has said why.
    case said(status: Int32)
}
