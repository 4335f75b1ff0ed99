package import HookSELinux
import Synchronization
package import SystemPackage

/// A kernel and a libselinux with recorded answers: everything that a test can want to go wrong is a variable here.
package final class FakeSELinux: SELinuxInterface {
    package struct Rule: Hashable {
        package let subject: SecurityContext
        package let object: SecurityContext
        package let className: String

        package init(subject: SecurityContext, object: SecurityContext, className: String) {
            self.subject = subject
            self.object = object
            self.className = className
        }
    }

    package struct State {
        package var isListed = true
        package var own: Result<[UInt8], Errno> = .success(Array("system_u:system_r:openhookd_t:s0".utf8))
        package var peer: Result<[UInt8], Errno> = .failure(.invalidArgument)
        package var file: Result<[UInt8], Errno> = .failure(.noData)
        package var newFile: Result<[UInt8], Errno> = .failure(.invalidArgument)
        /// What was set for files to be made, in order.
        package var creationContexts: [SecurityContext?] = []
        /// Refuses to take a label back that was set for files to be made.
        package var keepsCreationContext = false
        /// What was set for sockets to be made, in order; nil for taken back.
        package var socketContexts: [SecurityContext?] = []
        /// What the thread had before.
        package var socketContext: Result<[UInt8], Errno> = .success([])
        /// Fails that setting of it, counted from 0.
        package var failingSocketContext: (number: Int, errno: Errno)?
        package var auditDeny: UInt32 = .max
        package var enforcing: Result<Bool, Errno> = .success(true)
        package var status: Errno?
        package var accessFailure: Errno?
        package var unknownNames: Set<String> = []
        package var permissiveSubjects: Set<SecurityContext> = []
        /// Grows with each policy load; class numbers and bits depend on it.
        package var loads: UInt32 = 0
        /// How far the kernel's answers count ahead of the status page.
        package var sequenceLead: UInt32 = 7
        package var rules: [Rule: Permissions] = [:]
        /// What libselinux remembers: the policy load whose numbers it gives.
        package var rememberedLoads: UInt32 = 0
        package var questions = 0
        package var peerQuestions = 0
        package var enforcingQuestions = 0
        /// Policy loads that happen while a question is asked: how many more.
        package var loadsDuringQuestions = 0
    }

    private let state: Mutex<State>

    package init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    package func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    package var questions: Int { state.withLock { $0.questions } }
    package var peerQuestions: Int { state.withLock { $0.peerQuestions } }
    package var enforcingQuestions: Int { state.withLock { $0.enforcingQuestions } }

    package static let classNames = [
        "file", "blk_file", "chr_file", "dir", "fd", "lnk_file", "fifo_file", "sock_file",
    ]
    package static let permissionNames = [
        "read", "write", "append", "getattr", "lock", "ioctl", "open", "create", "add_name", "use", "remove_name",
        "search", "unlink", "rename",
    ]

    private static func number(_ index: Int, _ loads: UInt32) -> UInt16 { UInt16(index) * 3 + 6 + UInt16(loads) }
    private static func bit(_ index: Int, _ loads: UInt32) -> UInt32 { 1 << ((UInt32(index) + loads * 5) % 32) }

    package func kernelListsSELinux() -> Bool { state.withLock { $0.isListed } }
    package func ownContext() throws(Errno) -> [UInt8] { try state.withLock { $0.own }.get() }
    package func peerContext(ofSocket socket: CInt) throws(Errno) -> [UInt8] {
        try state.withLock { state in
            state.peerQuestions += 1
            return state.peer
        }.get()
    }
    package func fileContext(ofDescriptor descriptor: CInt) throws(Errno) -> [UInt8] {
        try state.withLock { $0.file }.get()
    }

    package func classNumber(_ name: String) throws(Errno) -> UInt16 {
        try state.withLock { state throws(Errno) in
            guard let index = Self.classNames.firstIndex(of: name), !state.unknownNames.contains(name) else {
                throw .invalidArgument
            }
            return Self.number(index, state.rememberedLoads)
        }
    }

    package func permissionBit(_ name: String, ofClass number: UInt16) throws(Errno) -> UInt32 {
        try state.withLock { state throws(Errno) in
            guard let index = Self.permissionNames.firstIndex(of: name), !state.unknownNames.contains(name) else {
                throw .invalidArgument
            }
            return Self.bit(index, state.rememberedLoads)
        }
    }

    package func forgetClasses() { state.withLock { $0.rememberedLoads = $0.loads } }

    package func access(
        of subject: SecurityContext, to object: SecurityContext, classNumber: UInt16
    ) throws(Errno) -> AccessAnswer {
        try state.withLock { state throws(Errno) in
            state.questions += 1
            if let failure = state.accessFailure { throw failure }
            var allowed: UInt32 = 0
            if let index = Self.classNames.indices.first(where: { Self.number($0, state.loads) == classNumber }) {
                let rule = Rule(subject: subject, object: object, className: Self.classNames[index])
                let permissions = state.rules[rule] ?? []
                for bit in Self.permissionNames.indices
                where permissions.contains(Permissions(rawValue: 1 << UInt16(bit))) {
                    allowed |= Self.bit(bit, state.loads)
                }
            } else {
                // A class that this policy does not know: handle_unknown=allow.
                allowed = .max
            }
            let answer = AccessAnswer(
                allowed: allowed, decided: .max, auditDeny: state.auditDeny,
                domainIsPermissive: state.permissiveSubjects.contains(subject),
                sequence: state.loads + state.sequenceLead)
            if state.loadsDuringQuestions > 0 {
                state.loadsDuringQuestions -= 1
                state.loads += 1
            }
            return answer
        }
    }

    package func contextOfNewFile(in directory: SecurityContext) throws(Errno) -> [UInt8] {
        try state.withLock { $0.newFile }.get()
    }

    package func setCreationContext(_ context: SecurityContext?) throws(Errno) {
        try state.withLock { state throws(Errno) in
            if context == nil, state.keepsCreationContext { throw .permissionDenied }
            state.creationContexts.append(context)
        }
    }

    package func socketCreationContext() throws(Errno) -> [UInt8] { try state.withLock { $0.socketContext }.get() }

    package func setSocketCreationContext(_ context: SecurityContext?) throws(Errno) {
        try state.withLock { state throws(Errno) in
            let number = state.socketContexts.count
            state.socketContexts.append(context)
            if let failing = state.failingSocketContext, failing.number == number { throw failing.errno }
        }
    }

    package var socketContexts: [SecurityContext?] { state.withLock { $0.socketContexts } }
    package var creationContexts: [SecurityContext?] { state.withLock { $0.creationContexts } }

    package func isEnforcing() throws(Errno) -> Bool {
        try state.withLock { state in
            state.enforcingQuestions += 1
            return state.enforcing
        }.get()
    }

    package func status() throws(Errno) -> SELinuxStatus {
        try state.withLock { state throws(Errno) in
            if let failure = state.status { throw failure }
            let isEnforcing = (try? state.enforcing.get()) ?? true
            return SELinuxStatus(policyLoads: state.loads, isEnforcing: isEnforcing)
        }
    }
}

extension FakeSELinux.State {
    package mutating func allow(
        _ subject: SecurityContext, _ object: SecurityContext, _ className: String, _ permissions: Permissions
    ) {
        rules[.init(subject: subject, object: object, className: className)] = permissions
    }
}

/// Contexts that the tests speak of.
package enum Context {
    package static let vm = context("system_u:system_r:svirt_t:s0:c1,c2")
    package static let otherVM = context("system_u:system_r:svirt_t:s0:c3,c4")
    package static let image = context("system_u:object_r:svirt_image_t:s0:c1,c2")
    package static let otherImage = context("system_u:object_r:svirt_image_t:s0:c3,c4")
    package static let nfs = context("system_u:object_r:nfs_t:s0")
    package static let server = context("system_u:system_r:openhookd_t:s0")
    package static let directory = context("system_u:object_r:virt_image_t:s0")
}

/// A context written in a test.
package func context(_ text: String) -> SecurityContext {
    guard let context = SecurityContext(validating: Array(text.utf8)) else { preconditionFailure(text) }
    return context
}
