package import HookLinux
internal import HookWire
internal import SystemPackage

/// The wall around QEMU: who it runs as, and what it may reach with its own rights.
package struct WallPlan: Sendable {
    /// Nil: it stays who the launcher is.
    package let user: UserIdentity?
    /// Nil: no Landlock, because it was not wanted, or because the kernel has none.
    package let landlock: Landlock?
    /// What there is no wall against, in sentences.
    package let gaps: [String]

    package struct Landlock: Sendable {
        package let version: Int
        /// In the order in which they were said.
        package let places: [OwnPlace]
        /// Places that were left out, with the reason.
        package let omitted: [Omission]
    }

    package struct Omission: Sendable {
        package let place: OwnPlace
        package let why: String
    }

    /// - Parameter places: what the launcher adds to the policy's own: directories that it made, files that it needs.
    /// - Throws: if one of those would let QEMU write what the policy manages.
    init(
        _ request: LaunchRequest, _ terms: LaunchTerms, _ way: WayIn, adding places: [OwnPlace]
    ) throws(LaunchFailure) {
        user = request.user
        let version = LandlockRuleset.kernelVersion
        guard request.confinement == .landlock, let version else {
            landlock = nil
            gaps = Self.gaps(request, terms, way, landlock: nil)
            return
        }
        var selection = PlaceSelection(managed: terms.managed)
        selection.addStandard()
        for own in terms.own {
            guard let place = OwnPlace(own) else { continue }
            selection.add(place)
        }
        for place in places { try selection.add(ofLauncher: place) }
        landlock = Landlock(version: version, places: selection.places, omitted: selection.omitted)
        gaps = Self.gaps(request, terms, way, landlock: version)
    }

    // MARK: What is missing

    private static func gaps(
        _ request: LaunchRequest, _ terms: LaunchTerms, _ way: WayIn, landlock: Int?
    ) -> [String] {
        let user = request.user?.uid ?? ThisProcess.effectiveUser
        var gaps: [String] = []
        if user == 0 {
            gaps.append(
                "not a boundary: QEMU runs as root, which can chmod, relabel and kill what belongs to other VMs")
        } else if user == terms.brokerUser {
            gaps.append("not a boundary: QEMU runs as the broker's own user")
        }
        guard let version = landlock else {
            gaps.append(
                request.confinement == .none
                    ? "no Landlock, as was asked for: file modes alone decide what QEMU may open by itself"
                    : "this kernel has no Landlock: file modes alone decide what QEMU may open by itself")
            return gaps
        }
        if version < 3 { gaps.append("this kernel's Landlock (\(version)) does not keep QEMU from truncating files") }
        if version < 5 { gaps.append("this kernel's Landlock (\(version)) does not keep QEMU from ioctl of devices") }
        if version < 6 {
            gaps.append(
                "this kernel's Landlock (\(version)) does not keep QEMU from abstract sockets, and from signalling other "
                    + "processes of its user")
        }
        if case .notify = way { return gaps }
        gaps.append("nothing but file modes keeps QEMU from connecting to sockets by name: notify does")
        return gaps
    }

    // MARK: Putting it up

    /// The ruleset, made while everything can still be come to.
    func ruleset() throws(LaunchFailure) -> LandlockRuleset? {
        guard let landlock else { return nil }
        do throws(Errno) {
            let ruleset = try LandlockRuleset(
                handling: .known(to: landlock.version), scopes: .known(to: landlock.version))
            for place in landlock.places {
                do { try ruleset.allow(place.rights, beneath: place.path) } catch {
                    // What this user cannot come to QEMU cannot either.
                    guard error == .noSuchFileOrDirectory || error == .permissionDenied else { throw error }
                }
            }
            return ruleset
        } catch {
            throw .environment("Landlock: \(error.described)")
        }
    }
}
