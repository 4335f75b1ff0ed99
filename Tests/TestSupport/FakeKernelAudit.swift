package import HookAudit
internal import HookLinux
import Synchronization
package import SystemPackage

/// A kernel's audit subsystem that keeps what it is sent, and everything that can go wrong with one.
package final class FakeKernelAudit: KernelAudit {
    package struct State {
        package var enabled: Result<Bool, Errno> = .success(true)
        package var failure: Errno?
        /// Senders sleep as long as this is set: the kernel's backlog is full.
        package var isFull = false
        package var sent: [AuditMessage] = []
        package var began = 0
    }

    private let state: Mutex<State>
    private let changes = EventCount()

    package init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    package func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        changes.advance()
    }

    package var sent: [AuditMessage] { state.withLock { $0.sent } }
    package var texts: [String] { sent.map { String(decoding: $0.text, as: UTF8.self) } }

    package func isEnabled() throws(Errno) -> Bool { try state.withLock { $0.enabled }.get() }

    package func send(_ message: AuditMessage) throws(Errno) {
        state.withLock { $0.began += 1 }
        changes.advance()
        wait { !$0.isFull }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        state.withLock { $0.sent.append(message) }
        changes.advance()
    }

    /// Waits until the kernel has been asked to take so many messages, whether it does or not.
    package func awaitBeginning(of count: Int) { wait { $0.began >= count } }

    private func wait(_ condition: (State) -> Bool) {
        while true {
            let seen = changes.value
            if state.withLock({ condition($0) }) { return }
            changes.wait(while: seen, until: nil)
        }
    }
}
