internal import HookLinux
package import HookPolicy
package import HookSELinux
package import SystemPackage

/// From a policy file to a policy in force: whole, or not at all.
package struct PolicyLoader: Sendable {
    /// Whether a policy file may be one that somebody other than root or this process's user can change.
    package enum Ownership: Sendable { case checked, anyone }

    let path: SystemPath
    let ownership: Ownership
    let labels: any SELinuxInterface
    let mounts: MountTable
    /// Whether a pipe in the place of the file itself is waited for: never by a server.
    var pipes = SmallFile.Pipes.neverAwaited

    /// Why a policy is not used.
    package enum Failure: Error, Sendable {
        /// The file itself cannot be read.
        case unreadable(Errno)
        case untrusted(String)
        /// All that is wrong with it, in the order of the file.
        case wrong([Diagnostic], SourceMap)
        /// The policy wants labels checked, and this system does not let us.
        case labels(LabelStartupFailure)
    }

    /// What a policy says, with the warnings about it, before anything of the system is looked at.
    package struct Parsed: Sendable {
        package let policy: Policy
        package let warnings: [Diagnostic]
    }

    /// Reads the file and its includes.
    package func parse(_ review: PolicyParser.Review = .full) throws(Failure) -> Parsed {
        let main: [UInt8]
        do { main = try PolicyFiles.read(path, ownership, pipes) } catch {
            switch error {
            case .unreadable(let errno): throw .unreadable(errno)
            case .untrusted(let reason): throw .untrusted(reason)
            }
        }
        return try parse(asMain: main, review)
    }

    /// The same with other bytes in the place of the file's own: includes are read as they are.
    package func parse(
        asMain main: [UInt8], _ review: PolicyParser.Review = .full
    ) throws(Failure) -> Parsed {
        let files = PolicyFiles(ownership, main: path)
        let result = PolicyParser.parse(
            main: SourceFile(name: path.bytes, bytes: main), review: review, include: files.include)
        guard let policy = result.policy else { throw .wrong(result.diagnostics, result.sources) }
        return Parsed(policy: policy, warnings: result.diagnostics)
    }

    /// Reads the policy, resolves its users, opens its roots, and makes ready to check labels.
    func load(generation number: UInt64, _ descriptors: borrowing DescriptorDirectory) throws(Failure) -> PolicyInForce
    {
        let policy = try parse(.errors).policy
        var system = PolicySystem(policy)
        let roots = system.openRoots(descriptors, mounts)
        let identities = system.identities()
        let owners = system.owners()
        let peers = system.peers()
        if !system.diagnostics.isEmpty { throw .wrong(system.diagnostics, policy.sources) }
        let labelCheck: LabelCheck
        do { labelCheck = try LabelCheck(LabelRequirement(policy.selinux), through: labels) } catch {
            throw .labels(error)
        }
        let generation = PolicyGeneration(
            number: number, policy: policy, denies: DenyRules(policy, roots.facts),
            identities: identities, owners: owners, peers: peers,
            labelCheck: labelCheck, rootPaths: system.rootPaths, rootKnowledge: RootKnowledge(roots.facts))
        return PolicyInForce(generation, RootTable(roots.held))
    }
}

extension LabelRequirement {
    init(_ requirement: SELinuxRequirement) {
        switch requirement {
        case .require: self = .require
        case .ifEnabled: self = .ifEnabled
        case .off: self = .off
        }
    }
}
