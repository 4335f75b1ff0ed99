internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import SystemPackage

/// Decides requests to open a file: the one place where that is done, for every way in.
///
/// One value serves one thread. It keeps the names of the request at hand, so that deciding about a clean one allocates
/// nothing.
struct OpenAuthority: ~Copyable {
    let descriptors: DescriptorDirectory
    let mounts: MountTable
    let labels: any SELinuxInterface
    private let ownIdentity: UserIdentity
    /// Whether the label of the last file that was created may still be this thread's for the next one.
    var threadKeepsCreationLabel = false

    /// The directories that are held, on the thread of a connection, set for each request: what a reload takes away must
    /// not be held until the next one. `nil` on a thread with a descriptor table of its own, which opens each directory
    /// anew and may wait for a file system that hangs.
    var roots: RootTable?
    var access: RootAccess { roots == nil ? .openedForEach : .held }

    /// The name that is decided about: absolute and clean.
    var name = SystemPath()
    /// The rule that decides about it, once that is known.
    var decidingRule: Rule.ID?
    /// The kernel's name of the object.
    var realName = SystemPath()
    /// The same, spelled beneath the root as the policy names that.
    var spelledName = SystemPath()

    init(
        descriptors: consuming DescriptorDirectory, mounts: MountTable,
        labels: any SELinuxInterface, ownIdentity: UserIdentity
    ) {
        self.descriptors = descriptors
        self.mounts = mounts
        self.labels = labels
        self.ownIdentity = ownIdentity
    }

    /// The stages between the peer's check and the audit record.
    ///
    /// - Throws: `Refusal`, the errno of which the client gets; `Refusal.mayHang` if it must be decided elsewhere.
    mutating func decide(_ job: OpenJob) throws(Refusal) -> OpenDecision {
        name.removeAll()
        realName.removeAll()
        decidingRule = nil
        let generation = job.generation
        let flags = try RequestedFlags(job.flags)  // stage 2
        try takeName(job)  // 3
        let rule = try Self.rule(for: name.span, flags.access, in: generation.policy)  // stage 4
        decidingRule = rule
        try job.site.creations.waitUntilMade(name, until: job.deadline)
        if let found = findPlainly(rule, flags, job) {  // 5, 6
            var facts = found.facts
            let object = found.take()
            facts.label = try checkLabel(of: object, facts, flags, job)  // 7
            return .opened(try reopen(object, flags), facts)  // 8
        }
        let root = try openRoot(generation.policy.rules[rule].root, job)
        let identity = try identity(for: rule, job)
        defer { extendLifetime(identity) }
        for _ in 0..<Self.mostTries {
            guard let object = try resolve(rule, beneath: root, flags, job) else {  // stage 5
                return try prepareCreation(of: rule, beneath: root, flags, job)
            }
            if flags.creates, flags.isExclusive { throw Refusal(.fileExists, at: .create, .exists) }
            guard var facts = try examine(object, rule, beneath: root, flags, job) else { continue }  // stage 6
            facts.label = try checkLabel(of: object, facts, flags, job)  // stage 7
            return .opened(try reopen(object, flags), facts)  // stage 8
        }
        throw Refusal(.noSuchFileOrDirectory, at: .object, .changedMeanwhile)
    }

    /// An object that lost its name between two stages is looked for again this often.
    private static let mostTries = 3

    /// Stage 3: most names are clean as they came.
    mutating func takeName(_ job: OpenJob) throws(Refusal) { try takeName(job.name.span, job) }

    mutating func takeName(_ sent: borrowing Span<UInt8>, _ job: OpenJob) throws(Refusal) {
        if RequestedName.isCleanAlready(sent) { return name.assign(sent) }
        var cleaned = SystemPath()
        try RequestedName.clean(sent, base: job.generation.policy.directory, into: &cleaned) {
            prefix throws(Refusal) in
            try climb(&prefix, job)
        }
        name = cleaned
    }

    /// Stage 4: the one rule that decides.
    static func rule(
        for name: borrowing Span<UInt8>, _ access: Access, in policy: Policy
    ) throws(Refusal) -> Rule.ID {
        let verdict = policy.decide(name, access)
        switch verdict {
        case .granted(let rule), .learning(let rule): return rule
        case .denied, .insufficient, .tie, .unlisted:
            throw Refusal(.permissionDenied, at: .policy, .verdict(verdict))
        }
    }

    /// `as`: from here to the end of the request this thread has that user's rights at file system calls.
    func identity(for rule: Rule.ID, _ job: OpenJob) throws(Refusal) -> ThreadCredentials? {
        do { return try fileSystemIdentity(for: rule, job) } catch { throw Refusal(error, at: .resolve, .kernel) }
    }

    func fileSystemIdentity(for rule: Rule.ID, _ job: OpenJob) throws(Errno) -> ThreadCredentials? {
        try fileSystemIdentity(beneath: job.generation.policy.rules[rule].root, job)
    }

    func fileSystemIdentity(beneath root: Root.ID, _ job: OpenJob) throws(Errno) -> ThreadCredentials? {
        guard let user = otherUser(beneath: root, job) else { return nil }
        return try ThreadCredentials(.fileSystem, of: user, insteadOf: ownIdentity)
    }

    /// While the value lives, this thread has its own rights again: to look at what the policy denies.
    func ownFileSystemIdentity(for rule: Rule.ID, _ job: OpenJob) throws(Errno) -> ThreadCredentials? {
        guard let user = otherUser(beneath: job.generation.policy.rules[rule].root, job) else { return nil }
        return try ThreadCredentials(.fileSystem, of: ownIdentity, insteadOf: user)
    }

    /// The user of `as`, where that is not the server's own.
    func otherUser(beneath root: Root.ID, _ job: OpenJob) -> UserIdentity? {
        guard let user = job.generation.identities[root], user != ownIdentity else { return nil }
        return user
    }

    /// Stage 8: the very object that was checked, with the access mode and the status flags asked for.
    ///
    /// The entry in procfs leads to the object itself, not to a name (`nd_jump_link`), so that nothing can come between;
    /// that the entries are those of this thread's own descriptors is checked when the directory is opened. The inode
    /// is not compared again: an overlay may give a file another one when it is first opened for writing.
    private func reopen(
        _ object: borrowing OwnedDescriptor, _ flags: RequestedFlags
    ) throws(Refusal) -> OwnedDescriptor {
        do { return try descriptors.reopen(object, flags: flags.reopening) } catch {
            throw Refusal(error, at: .reopen, .kernel)
        }
    }
}
