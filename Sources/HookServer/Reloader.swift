internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import Synchronization
internal import SystemPackage

/// Loads the policy anew when asked, whole or not at all, on a thread of its own: a root on a file server that hangs
/// must not keep the main thread from accepting connections.
final class Reloader: Sendable {
    private let service: Service
    private let loader: PolicyLoader
    private let descriptors: DescriptorDirectory
    private let demands: Demands
    private let tell: @Sendable (String) -> Void

    /// Who must be named, so that not everybody may ask.
    enum Demands: Sendable { case somePeer, nothing }

    private enum State { case idle, loading, loadingAndAskedAgain }
    private let state = Mutex(State.idle)

    init(
        _ service: Service, _ loader: PolicyLoader, _ demands: Demands, tell: @escaping @Sendable (String) -> Void
    ) throws(Errno) {
        self.service = service
        self.loader = loader
        self.demands = demands
        self.tell = tell
        descriptors = try DescriptorDirectory(of: .process)
    }

    /// Begins to load. If that is going on already, it is done once more afterwards: the file may have changed.
    func reload() {
        let isFirst = state.withLock { state in
            switch state {
            case .idle:
                state = .loading
                return true
            case .loading, .loadingAndAskedAgain:
                state = .loadingAndAskedAgain
                return false
            }
        }
        guard isFirst else { return }
        do {
            try Thread.start { [self] in
                ThisProcess.nameThread("reload")
                repeat { loadOnce() } while isAskedAgain()
            }
        } catch {
            state.withLock { $0 = .idle }
            keep("no thread to load it: \(error.described)")
        }
    }

    private func isAskedAgain() -> Bool {
        state.withLock { state in
            let again = state == .loadingAndAskedAgain
            state = again ? .loading : .idle
            return again
        }
    }

    private func loadOnce() {
        do { try service.audit.reopen() } catch {
            keep("the audit file cannot be reopened, the old one stays in use: \(error.described)")
        }
        service.mounts.forget()
        let number = service.policies.current.generation.number + 1
        do throws(PolicyLoader.Failure) {
            let next = try loader.load(generation: number, descriptors)
            if demands == .somePeer, !next.generation.saysWhoMayAsk {
                return keep("it says nowhere who may ask (`peer …`)")
            }
            service.policies.replace(with: next)
            next.warn(tell)
            try? service.report(.policyLoaded)
        } catch {
            keep(error.summary)
            tell(error.description)
        }
    }

    /// The last good policy stays in force.
    private func keep(_ reason: String) {
        try? service.report(.policyKept, reason)
    }
}
