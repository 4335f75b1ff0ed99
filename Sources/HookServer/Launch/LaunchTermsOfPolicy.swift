package import HookPolicy
package import HookWire

extension LaunchTerms {
    /// What a launcher must know of a policy.
    ///
    /// - Parameters:
    ///   - peers: who may ask, as numbers.
    ///   - broker: the process that will answer.
    ///   - brokerUser: the user that it runs as.
    package init(_ policy: Policy, _ peers: PeerRules, broker: Int32, _ brokerUser: UInt32) {
        self.init(
            vm: policy.vm, label: policy.peers.labels.count == 1 ? policy.peers.labels[0].context : nil, broker: broker,
            brokerUser: brokerUser,
            ioUring: policy.ioUring == .allowed ? .allowed : .refused,
            own: policy.own.flatMap { statement in
                statement.paths.map { OwnPath(OwnPath.Use(statement.kind), $0.path.bytes) }
            },
            users: peers.users, groups: peers.groups, managed: policy.managedNames.map(\.bytes))
    }
}

extension LaunchTerms.OwnPath.Use {
    init(_ kind: OwnStatement.Kind) {
        switch kind {
        case .readOnly: self = .readOnly
        case .readWrite: self = .readWrite
        case .socket: self = .socket
        }
    }
}

extension Policy {
    /// The names, and the directories with all beneath them, whose opens are the broker's to answer: the directory of
    /// each `root` block, and of each rule with wildcards outside of any, and the other rules' own names.
    package var managedNames: [AbsolutePath] {
        var names = Set(roots.filter(\.isDeclared).map(\.directory))
        for rule in rules where !roots[rule.root].isDeclared {
            let exact = rule.exactNames
            if rule.exactName == nil { names.insert(roots[rule.root].directory) }
            names.formUnion(exact)
        }
        return names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
}
