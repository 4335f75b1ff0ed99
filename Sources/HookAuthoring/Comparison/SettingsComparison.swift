import HookPolicy

/// What two policies say of the VM as a whole.
struct SettingsComparison {
    private(set) var changes: [PolicyChange] = []

    init(_ old: Policy, _ new: Policy) {
        let (before, after) = (old.spans, new.spans)
        if old.vm != new.vm { add(.otherwise, "vm \(escaped(new.vm)) (was \(escaped(old.vm)))", before.vm, after.vm) }
        if old.selinux != new.selinux {
            // In the order of their cases they check less and less.
            let isMore = new.selinux.rawValue > old.selinux.rawValue
            add(
                isMore ? .more : .less, "selinux \(new.selinux.word) (was \(old.selinux.word))", before.selinux,
                after.selinux)
        }
        comparePeers(old.peers, new.peers)
        if old.directory != new.directory {
            let words = [new.directory, old.directory].map { $0.map { escaped($0.bytes) } ?? "none" }
            add(.otherwise, "directory \(words[0]) (was \(words[1]))", before.directory, after.directory)
        }
        compareRates(old, new)
        compareOwn(old, new)
        if old.ioUring != new.ioUring {
            add(new.ioUring == .allowed ? .more : .less, "io_uring allow", before.ioUring, after.ioUring)
        }
    }

    private mutating func add(
        _ direction: PolicyChange.Direction, _ words: String, _ old: SourceSpan?, _ new: SourceSpan?
    ) {
        changes.append(PolicyChange(direction: direction, words: words, subject: .setting(old: old, new: new)))
    }

    private mutating func compareRates(_ old: Policy, _ new: Policy) {
        guard old.rate != new.rate else { return }
        let words = "rate \(Self.text(new.rate)) (was \(Self.text(old.rate)))"
        let (before, after) = (Self.numbers(old.rate), Self.numbers(new.rate))
        let isMore = after.perSecond > before.perSecond || after.burst > before.burst
        let isLess = after.perSecond < before.perSecond || after.burst < before.burst
        add(isMore && isLess ? .otherwise : isMore ? .more : .less, words, old.spans.rate, new.spans.rate)
    }

    private static func numbers(_ rate: Rate) -> (perSecond: Int, burst: Int) {
        switch rate {
        case .limited(let perSecond, let burst): (perSecond, burst)
        case .unlimited: (.max, .max)
        }
    }

    private static func text(_ rate: Rate) -> String {
        switch rate {
        case .limited(let perSecond, let burst): "\(perSecond) burst \(burst)"
        case .unlimited: "off"
        }
    }

    // MARK: Peers

    /// A peer has to meet one statement of each kind that there is; without any statement nobody may ask.
    private mutating func comparePeers(_ old: PeerRequirements, _ new: PeerRequirements) {
        let isMore = !PeerTerms(old).admitsAll(of: PeerTerms(new))
        let isLess = !PeerTerms(new).admitsAll(of: PeerTerms(old))
        guard isMore || isLess else { return }
        let direction: PolicyChange.Direction = isMore && isLess ? .otherwise : isMore ? .more : .less
        let words = "peer \(PeerTerms(new).words) (was \(PeerTerms(old).words))"
        add(direction, words, PeerTerms(old).first, PeerTerms(new).first)
    }

    // MARK: What QEMU may do itself

    private mutating func compareOwn(_ old: Policy, _ new: Policy) {
        for kind in OwnStatement.Kind.allCases {
            let before = Self.paths(kind, old)
            let after = Self.paths(kind, new)
            for path in after where !before.contains(where: { $0.holds(path) }) {
                add(.more, "own \(kind.word) \(escaped(path.path.bytes))", nil, path.span)
            }
            for path in before where !after.contains(where: { $0.holds(path) }) {
                add(.less, "own \(kind.word) \(escaped(path.path.bytes))", path.span, nil)
            }
        }
    }

    private static func paths(_ kind: OwnStatement.Kind, _ policy: Policy) -> [OwnStatement.Path] {
        policy.own.filter { $0.kind == kind }.flatMap(\.paths)
    }
}

extension OwnStatement.Path {
    /// It holds for what is beneath it, too.
    fileprivate func holds(_ other: OwnStatement.Path) -> Bool {
        other.path.isBeneathOrEqual(path)
    }
}
