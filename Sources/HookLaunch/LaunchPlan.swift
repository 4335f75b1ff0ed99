internal import HookLinux
internal import HookPolicy
internal import HookSeccomp
package import HookWire
internal import SystemPackage

/// Everything that is done to start one program, decided and not yet done.
package struct LaunchPlan: Sendable {
    package let request: LaunchRequest
    package let terms: LaunchTerms
    package let way: WayIn
    package let wall: WallPlan
    package let places: PrivatePlaces
    /// The directories that are QEMU's alone, by all their names.
    let ownDirectories: [SystemPath]
    /// For notify alone.
    let filter: NotifyFilter?

    /// - Parameter privatePlaces: QEMU's own directories, which are there or will be made.
    init(
        _ request: LaunchRequest, _ terms: LaunchTerms, _ way: WayIn, _ places: PrivatePlaces,
        _ privatePlaces: [OwnPlace]
    ) throws(LaunchFailure) {
        self.request = request
        self.terms = terms
        self.way = way
        self.places = places
        var added = privatePlaces + request.privatePlaces.map { OwnPlace($0, .write, .launcher) }
        ownDirectories = added.flatMap { place in
            let real = RealName.ofNearest(place.path)
            return real == place.path ? [real] : [place.path, real]
        }
        if case .preload(let library) = way { added.append(OwnPlace(library, .read, .launcher)) }
        wall = try WallPlan(request, terms, way, adding: added)
        try ProgramReach.check(request.program, behind: wall)
        guard case .notify(let coverage) = way else {
            filter = nil
            return
        }
        do throws(NotifyFilter.Failure) {
            filter = try NotifyFilter(
                ioUring: terms.ioUring == .allowed ? .allowed : .refused,
                coverage: coverage == .everyName ? .strict : .managedNames)
        } catch {
            throw .environment("\(error)")
        }
    }

    /// What the filter does, a line each; none for other ways than notify.
    package var filterWords: [String] { filter?.words ?? [] }

    // MARK: What QEMU gets

    /// - Parameter descriptor: QEMU's end of the socket to the broker, for the ways that have one.
    package func arguments(descriptor: String) -> [[UInt8]] {
        guard case .native = way else { return request.arguments }
        return request.arguments + ["-open-hook-fd", descriptor].map { Array($0.utf8) }
    }

    /// The launcher's own environment, with what the way needs.
    ///
    /// - Throws: if the managed names cannot be said in it.
    package func environment(descriptor: String) throws(LaunchFailure) -> [[UInt8]] {
        var environment = Environment(ThisProcess.environment)
        for name in ["OPENHOOK_FD", "OPENHOOK_SOCKET", "OPENHOOK_PATHS"] { environment.remove(name) }
        environment.set("TMPDIR", places.temporary.bytes)
        if case .preload(let library) = way {
            let others = environment.value("LD_PRELOAD").map { [UInt8(ascii: ":")] + $0 } ?? []
            environment.set("LD_PRELOAD", library.bytes + others)
            environment.set("OPENHOOK_FD", Array(descriptor.utf8))
            environment.set("OPENHOOK_PATHS", try managedList())
        }
        return environment.entries
    }

    private func managedList() throws(LaunchFailure) -> [UInt8] {
        let colon = UInt8(ascii: ":")
        if let odd = terms.managed.first(where: { $0.contains(colon) }) {
            throw .usage(
                "\(String(decoding: odd, as: UTF8.self)) has a colon in it: the preload library cannot be told of it")
        }
        return Array(terms.managed.joined(separator: [colon]))
    }
}
