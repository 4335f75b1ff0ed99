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
            let reason = "no thread to load it: \(error.described)"
            keep(reason, telling: "the policy cannot be loaded: \(reason)")
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
            let reason = "the audit file cannot be reopened, the old one stays in use: \(error.described)"
            try? service.report(.policyKept, reason)
            tell(reason)
        }
        service.mounts.forget()
        let number = service.policies.current.generation.number + 1
        do throws(PolicyLoader.Failure) {
            let next = try loader.load(generation: number, descriptors)
            if demands == .somePeer, let unnamed = next.generation.unnamedAskers {
                let reason = "\(escaped(loader.path.bytes)): \(unnamed)"
                return keep(reason, telling: reason)
            }
            service.policies.replace(with: next)
            next.warn(tell)
            try? service.report(.policyLoaded)
        } catch {
            keep(loader.summarize(error), telling: loader.describe(error))
        }
    }

    /// The last good policy stays in force.
    ///
    /// - Parameter lines: all that is wrong, for standard error.
    private func keep(_ reason: String, telling lines: String) {
        try? service.report(.policyKept, reason)
        tell(lines)
        tell("the policy in force (generation \(service.policies.current.generation.number)) stays")
    }
}
