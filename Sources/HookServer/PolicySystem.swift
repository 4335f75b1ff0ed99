internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import SystemPackage

/// What a policy names of this system: directories, users, groups. Everything that is not there is reported.
struct PolicySystem {
    let policy: Policy
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var rootPaths: [SystemPath] = []

    init(_ policy: Policy) {
        self.policy = policy
        rootPaths = policy.roots.map { (try? SystemPath($0.directory.bytes)) ?? SystemPath("/") }
    }

    /// Opens each root's directory. One that no `root` block declares may be missing: its rules grant nothing then.
    ///
    /// A root beneath which nothing is granted is looked at for its real name, and not held.
    mutating func openRoots(
        _ descriptors: borrowing DescriptorDirectory, _ mounts: MountTable
    ) -> (held: [OpenRoot?], facts: [RootFacts?]) {
        var held: [OpenRoot?] = []
        var facts: [RootFacts?] = []
        for (id, root) in policy.roots.enumerated() {
            do throws(Errno) {
                let opened = try OpenRoot(id, at: rootPaths[id], descriptors, mounts)
                held.append(root.grants ? opened : nil)
                facts.append(opened.facts)
            } catch {
                held.append(nil)
                facts.append(nil)
                if root.isDeclared || error != .noSuchFileOrDirectory {
                    report(root.span, "the directory of this root cannot be opened: \(error.described)")
                }
            }
        }
        return (held, facts)
    }

    /// `as`, by root.
    mutating func identities() -> [UserIdentity?] {
        policy.roots.map { root in
            guard let reference = root.identity, let user = resolve(reference) else { return nil }
            // The kernel takes the capabilities that overrule file modes from a thread that stops being root for file
            // system calls, and from no other (capabilities(7)).
            if ThisProcess.effectiveUser != 0, user.uid != ThisProcess.effectiveUser {
                report(reference.span, "the rights of another user: that needs a server which runs as root")
            }
            return user
        }
    }

    /// `owner`, by rule.
    mutating func owners() -> [PolicyGeneration.FileOwner?] {
        policy.rules.map { rule in
            guard let owner = rule.creation?.owner, let user = resolve(owner) else { return nil }
            return PolicyGeneration.FileOwner(uid: user.uid, gid: user.gid)
        }
    }

    mutating func peers() -> PeerRules {
        let required = policy.peers
        for label in required.labels where SecurityContext(validating: label.context) == nil {
            report(label.span, "not a security context")
        }
        return PeerRules(
            pins: required.pins,
            users: required.users.compactMap { resolve($0)?.uid },
            groups: required.groups.compactMap { resolve($0) },
            admitsAnyone: required.anyone != nil)
    }

    private mutating func resolve(_ reference: UserReference) -> UserIdentity? {
        let user: UserIdentity
        do { user = try UserDatabase.user(reference.user) } catch {
            report(reference.span, Self.describe(error, "user", reference.user, madeBy: "useradd"))
            return nil
        }
        guard let group = reference.group else { return user }
        guard let gid = resolve(group, at: reference.span) else { return nil }
        return UserIdentity(uid: user.uid, gid: gid, groups: user.groups)
    }

    private mutating func resolve(_ reference: GroupReference) -> UInt32? {
        resolve(reference.group, at: reference.span)
    }

    private mutating func resolve(_ group: [UInt8], at span: SourceSpan) -> UInt32? {
        do { return try UserDatabase.group(group) } catch {
            report(span, Self.describe(error, "group", group, madeBy: "groupadd"))
            return nil
        }
    }

    private static func describe(_ errno: Errno, _ kind: String, _ name: [UInt8], madeBy command: String) -> String {
        guard errno == .noSuchFileOrDirectory else { return "cannot be looked up: \(errno.described)" }
        return "unknown \(kind): `\(command) --system \(escaped(name))` makes it"
    }

    private mutating func report(_ span: SourceSpan, _ message: String) {
        diagnostics.append(Diagnostic(.error, at: span, message))
    }
}
