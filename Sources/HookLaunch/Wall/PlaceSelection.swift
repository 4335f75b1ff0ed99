internal import HookLinux
internal import SystemPackage

/// Chooses what becomes a rule of Landlock: what is there, and what does not open to QEMU what the broker is to decide
/// about.
///
/// Landlock can only add: a rule on `/opt` cannot leave out `/opt/images`.
struct PlaceSelection {
    private(set) var places: [OwnPlace] = []
    private(set) var omitted: [WallPlan.Omission] = []
    /// The names and directories that rules of the policy manage.
    private let managed: [ManagedName]

    /// One of them may be reached by symbolic links: what Landlock knows is where they lead.
    private struct ManagedName {
        let path: SystemPath
        let real: SystemPath

        init(_ path: SystemPath) {
            self.path = path
            real = RealName.ofNearest(path)
        }
    }

    init(managed: [[UInt8]]) {
        self.managed = managed.compactMap { (try? SystemPath($0)).map(ManagedName.init) }
    }

    mutating func addStandard() {
        for path in OwnPlace.standardReading { add(standard: OwnPlace(path, .read, .standard)) }
        for path in OwnPlace.standardWriting { add(standard: OwnPlace(path, .write, .standard)) }
        for path in OwnPlace.standardFiles {
            guard let real = try? RealName.of(path), !covers(real) else { continue }
            add(standard: OwnPlace(real, .read, .standard))
        }
    }

    private mutating func add(standard place: OwnPlace) {
        // A program cannot start without these; files that the policy grants there QEMU can at most read by itself.
        let isNeeded = ["/usr", "/lib", "/lib64", "/etc", "/proc", "/sys"].contains(place.path.text)
        if !isNeeded, let name = managedName(in: place) {
            omit(place, "the policy manages \(name.text), which lies there")
        } else if exists(place.path) {
            places.append(place)
        }
    }

    /// A place that the policy names. It was checked against the policy's rules when that was read, by its text.
    mutating func add(_ place: OwnPlace) {
        let status: FileStatus
        do { status = try FileStatus.following(place.path) } catch {
            return omit(place, error == .noSuchFileOrDirectory ? "it is not there" : error.described)
        }
        if place.use == .socket, status.kind != .directory {
            // Landlock knows nothing of connecting.
            return omit(place, "connecting to a socket needs no rule")
        }
        if let name = managedName(linkedWith: place) {
            return omit(place, "it leads to \(name.text), which the policy manages")
        }
        places.append(place)
    }

    /// A place that the launcher adds.
    mutating func add(ofLauncher place: OwnPlace) throws(LaunchFailure) {
        if place.use != .read, let name = managedName(in: place) {
            throw .usage(
                "QEMU's own directory \(place.path.text) would be in \(name.text) or around it, which the policy manages: "
                    + "name another place (TMPDIR, RUNTIME_DIRECTORY)")
        }
        places.append(place)
    }

    private mutating func omit(_ place: OwnPlace, _ why: String) {
        omitted.append(WallPlan.Omission(place: place, why: why))
    }

    private func exists(_ path: SystemPath) -> Bool { (try? FileStatus.following(path)) != nil }

    /// Something that the policy manages and that is the place, or lies beneath it, or above it.
    private func managedName(in place: OwnPlace) -> SystemPath? {
        let real = RealName.ofNearest(place.path)
        return managed.first { Self.overlap($0.path, place.path) || Self.overlap($0.real, real) }?.path
    }

    /// The same for a place of the policy's, whose text has nothing to do with it. A file that is granted may lie where
    /// QEMU reads by itself.
    private func managedName(linkedWith place: OwnPlace) -> SystemPath? {
        let real = RealName.ofNearest(place.path)
        return managed.first { name in
            guard !Self.overlap(name.path, place.path), Self.overlap(name.real, real) else { return false }
            let mayHold = place.use == .read && !real.isBeneathOrEqual(name.real.span)
            return !(mayHold && (try? FileStatus.following(name.real))?.kind == .file)
        }?.path
    }

    private static func overlap(_ one: SystemPath, _ other: SystemPath) -> Bool {
        one.isBeneathOrEqual(other.span) || other.isBeneathOrEqual(one.span)
    }

    private func covers(_ path: SystemPath) -> Bool { places.contains { path.isBeneathOrEqual($0.path.span) } }
}
