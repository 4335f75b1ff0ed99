internal import HookLinux
internal import HookPolicy
internal import HookSeccomp
internal import HookServer
internal import HookWire
internal import SystemPackage

/// Becomes QEMU, with a broker for its files and a wall around it.
///
/// The order is the point of it. The broker starts first, with the launcher's rights, and reads the policy; nothing of
/// QEMU's has begun if that fails. Then the launcher gives up its rights, one after the other and for good. The filter
/// comes last: from then on this process's own opens would be answered by the broker. Between the filter and the exec
/// nothing is opened or looked up: the filter's descriptor goes over a socket that is there, and the answer comes back.
package enum Launcher {
    /// Does it all, and does not return.
    ///
    /// - Parameter tell: prints a line for the admin.
    /// - Throws: if QEMU was not started; the broker, if one was started, ends then.
    package static func run(
        _ request: LaunchRequest, tell: (String) -> Void
    ) throws(LaunchFailure) {
        do { try ThisProcess.openStandardDescriptors() } catch {
            throw .environment("standard descriptors: \(error.described)")
        }
        try check(request)
        let way = try WayIn.choose(request, tell: tell)
        let link = try reach(request)
        let terms = try link.terms()
        let plan = try plan(request, terms, way)
        for gap in plan.wall.gaps { tell("warning: \(gap)") }
        throw try enter(plan, link)
    }

    /// What would be done. Nothing is: no broker is started, no directory made. One that runs is asked for its terms.
    package static func rehearse(
        _ request: LaunchRequest, tell: (String) -> Void
    ) throws(LaunchFailure) -> LaunchPlan {
        try check(request)
        let way = try WayIn.choose(request, tell: tell)
        let terms =
            switch request.broker {
            case .alone(let broker): try terms(of: broker)
            case .attached(let path): try BrokerLink.connect(to: path).terms()
            }
        let user = try user(of: request)
        try AskingUser.check(user, terms)
        let places = PrivatePlaces(vm: terms.vm, uid: user.uid)
        return try LaunchPlan(request, terms, way, places, places.planned)
    }

    // MARK: Checks

    private static func check(_ request: LaunchRequest) throws(LaunchFailure) {
        let isRoot = ThisProcess.effectiveUser == 0
        if request.root == .refused {
            if isRoot, request.user == nil {
                throw .usage(
                    "QEMU would run as root, which no wall holds: name a user of its own with --user, or say --allow-root"
                )
            }
            if request.user?.uid == 0 {
                throw .usage("--user names root, which no wall holds: --allow-root starts it anyway")
            }
        }
        if !isRoot, let user = request.user, user.uid != ThisProcess.effectiveUser {
            throw .environment("--user needs a launcher that runs as root")
        }
        do { try Execution.check(request.program) } catch {
            throw .environment("\(request.program.text) cannot be executed: \(error.described)")
        }
    }

    /// What a broker of its own would say, by its own code.
    private static func terms(of broker: OwnBroker) throws(LaunchFailure) -> LaunchTerms {
        try requireDirectories(of: broker)
        let loader = PolicyLoader(reading: broker.policy, broker.policyWriters == .anyone ? .anyone : .checked)
        do throws(PolicyLoader.Failure) {
            let inspection = try loader.inspect()
            let errors = inspection.diagnostics.filter { $0.severity == .error }
            guard let policy = inspection.policy, let peers = inspection.peers, errors.isEmpty else {
                throw .wrong(errors, inspection.sources)
            }
            return LaunchTerms(policy, peers, broker: 0, ThisProcess.effectiveUser)
        } catch {
            throw .usage(loader.describe(error))
        }
    }

    /// That there are the directories in which it would make files.
    private static func requireDirectories(of broker: OwnBroker) throws(LaunchFailure) {
        var files: [(sentence: String, path: SystemPath)] = []
        if let audit = broker.audit, audit != [UInt8(ascii: "-")], let path = try? SystemPath(audit) {
            files.append((MissingPlace.auditFile(path), path))
        }
        if let path = broker.socket { files.append((MissingPlace.socket("--socket", path), path)) }
        for (sentence, path) in files where MissingPlace.missingDirectory(of: path) != nil {
            throw .environment(MissingPlace.text(sentence, path, .noSuchFileOrDirectory))
        }
    }

    // MARK: The broker

    private static func reach(_ request: LaunchRequest) throws(LaunchFailure) -> BrokerLink {
        switch request.broker {
        case .alone(let broker): return try BrokerLink.start(broker)
        case .attached(let path):
            // The broker looks at who connects: that must be QEMU's user.
            try changeUser(request)
            return try BrokerLink.connect(to: path)
        }
    }

    private static func plan(
        _ request: LaunchRequest, _ terms: LaunchTerms, _ way: WayIn
    ) throws(LaunchFailure) -> LaunchPlan {
        let user = try user(of: request)
        try AskingUser.check(user, terms)
        let places = PrivatePlaces(vm: terms.vm, uid: user.uid)
        if request.confinement == .landlock {
            // Before they are made: nothing is, where the policy manages names.
            var selection = PlaceSelection(managed: terms.managed)
            for place in places.planned { try selection.add(ofLauncher: place) }
        }
        let made = try places.make(for: user)
        return try LaunchPlan(request, terms, way, places, made)
    }

    /// Who QEMU will be.
    private static func user(of request: LaunchRequest) throws(LaunchFailure) -> UserIdentity {
        if let user = request.user { return user }
        do { return try UserIdentity.own() } catch { throw .environment("groups: \(error.described)") }
    }

    // MARK: Behind the wall

    /// - Returns: why QEMU could not be executed.
    private static func enter(
        _ plan: LaunchPlan, _ link: borrowing BrokerLink
    ) throws(LaunchFailure) -> LaunchFailure {
        let ruleset = try plan.wall.ruleset()
        if case .alone = plan.request.broker { try changeUser(plan.request) }
        do throws(Errno) {
            try Privileges.dropCapabilities()
            guard try !Privileges.hasCapabilities() else { throw .notPermitted }
            try Privileges.refuseNewOnes()
            if plan.filter != nil { try Privileges.allowTracing(by: plan.terms.broker) }
        } catch {
            throw .environment("capabilities cannot be given up: \(error.described)")
        }
        do { try Execution.check(plan.request.program) } catch {
            throw .environment("QEMU's user cannot execute \(plan.request.program.text): \(error.described)")
        }
        if plan.request.transition == .toPolicyLabel { try LaunchLabel.setForExec(plan.terms) }
        if let ruleset {
            do { try ruleset.restrictThisThread() } catch { throw .environment("Landlock: \(error.described)") }
        }
        return try plan.filter == nil ? becomeWithSocket(plan, link) : becomeUnderFilter(plan, link)
    }

    private static func changeUser(_ request: LaunchRequest) throws(LaunchFailure) {
        guard ThisProcess.effectiveUser == 0 else { return }
        do throws(Errno) {
            // While there is the capability that it takes.
            try Privileges.emptyBoundingSet()
            if let user = request.user { try Privileges.become(user) }
        } catch {
            throw .environment("QEMU's user cannot be taken on: \(error.described)")
        }
    }

    // MARK: The end

    private static func becomeUnderFilter(
        _ plan: LaunchPlan, _ link: borrowing BrokerLink
    ) throws(LaunchFailure) -> LaunchFailure {
        guard let filter = plan.filter, case .notify(let coverage) = plan.way else {
            throw .environment("there is no filter")
        }
        let arguments = plan.arguments(descriptor: "")
        let environment = try plan.environment(descriptor: "")
        let words = plan.wall.words(plan.way)
        try link.introduce(plan)
        let listener: OwnedDescriptor
        do { listener = try filter.install() } catch { throw .environment("seccomp: \(error.described)") }
        try link.handOver(notifications: listener, coverage, places: plan.ownDirectories, wall: words)
        return become(plan, arguments, environment)
    }

    private static func becomeWithSocket(
        _ plan: LaunchPlan, _ link: borrowing BrokerLink
    ) throws(LaunchFailure) -> LaunchFailure {
        let pair = try socketPair(plan.terms)
        let number = "\(pair.first.descriptor.number)"
        try link.introduce(plan)
        try link.handOver(connection: pair.second.descriptor, wall: plan.wall.words(plan.way))
        return become(plan, plan.arguments(descriptor: number), try plan.environment(descriptor: number))
    }

    /// Its label is that of who made it, unless it is made with another one: the broker would take QEMU for the launcher.
    private static func socketPair(_ terms: LaunchTerms) throws(LaunchFailure) -> SocketPair {
        let labelled = try LaunchLabel.socketPair(terms)
        do throws(Errno) {
            let pair = if let labelled { labelled } else { try UnixSocket.pair(.stream) }
            // Before any message, and on the server's end alone: QEMU could lose a descriptor to it.
            try pair.second.receiveCredentials()
            try ThisProcess.keepAtExec(pair.first.descriptor)
            return pair
        } catch {
            throw .environment("socketpair: \(error.described)")
        }
    }

    private static func become(
        _ plan: LaunchPlan, _ arguments: [[UInt8]], _ environment: [[UInt8]]
    ) -> LaunchFailure {
        let why = Execution.become(plan.request.program, arguments, environment)
        return .environment("\(plan.request.program.text) cannot be executed: \(why.described)")
    }
}
