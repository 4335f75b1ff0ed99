package import HookLinux
internal import HookPolicy
internal import HookSeccomp
package import HookWire
internal import SystemPackage

/// How a program will come to its broker, decided.
package enum WayIn: Sendable {
    case notify(LaunchMessage.Coverage)
    /// With the library's file.
    case preload(library: SystemPath)
    case native

    /// The oldest version of Landlock that makes a wall: it knows truncation (landlock(7)).
    static let oldestLandlock = 3

    /// Decides, and makes sure that this system can do it.
    ///
    /// - Parameter tell: is told what `auto` came to, if that is not the strongest way.
    static func choose(
        _ request: LaunchRequest, tell: (String) -> Void
    ) throws(LaunchFailure) -> WayIn {
        switch request.via {
        case .notify:
            if let obstacle = obstacleToNotify(request) { throw .environment(obstacle) }
            return .notify(request.coverage)
        case .preload: return try preload(request)
        case .native: return try native(request)
        case .auto:
            guard let obstacle = obstacleToNotify(request) else { return .notify(request.coverage) }
            guard request.coverage == .managedNames else { throw .environment(obstacle) }
            let way = try preload(request)
            tell(
                "via preload, because \(obstacle). The library adds access and takes none away: what QEMU itself may "
                    + "open it opens without the broker")
            return way
        }
    }

    /// Why notification cannot be used here, if it cannot.
    private static func obstacleToNotify(_ request: LaunchRequest) -> String? {
        do throws(SystemCallFilter.Gap) { try SystemCallFilter.probe() } catch { return error.description }
        if SELinuxBoolean.state(of: "deny_ptrace") == .on {
            return "SELinux's boolean deny_ptrace is on: no broker may read the names that QEMU asks for"
        }
        if SELinuxBoolean.state(of: "openhook_use_notify") == .off {
            return "SELinux's boolean openhook_use_notify is off, without which no broker may read the names that QEMU "
                + "asks for (setsebool -P openhook_use_notify on)"
        }
        guard request.confinement == .landlock else { return nil }
        let version = LandlockRuleset.kernelVersion ?? 0
        guard version < oldestLandlock else { return nil }
        let has = version == 0 ? "has no Landlock" : "has version \(version) of Landlock"
        return
            "this kernel \(has), and notify's wall needs version \(oldestLandlock) (Linux 6.2); --no-wall goes without"
    }

    private static func preload(_ request: LaunchRequest) throws(LaunchFailure) -> WayIn {
        try refuseStrictness(request, "preload")
        guard let library = request.library else {
            throw .environment(
                "there is no libopenhook-preload.so: build it with `swift package build-preload`, or name it with "
                    + "--preload PATH")
        }
        switch try file(request.program) {
        case .dynamic: return .preload(library: library)
        case .static:
            throw .environment("\(request.program.text) is not dynamically linked: no library is loaded into it")
        case .script, .unknown:
            throw .environment(
                "\(request.program.text) is no program that the loader loads: a script's interpreter would use the "
                    + "preload library up")
        }
    }

    private static func native(_ request: LaunchRequest) throws(LaunchFailure) -> WayIn {
        try refuseStrictness(request, "native")
        return .native
    }

    private static func refuseStrictness(_ request: LaunchRequest, _ way: String) throws(LaunchFailure) {
        guard request.coverage == .managedNames else {
            throw .usage("--strict goes with --via notify, not with \(way)")
        }
    }

    private static func file(_ program: SystemPath) throws(LaunchFailure) -> ProgramFile {
        do { return try ProgramFile(at: program) } catch {
            throw .environment("\(program.text) cannot be read: \(error.described)")
        }
    }

    /// The word of `--via`.
    package var word: String {
        switch self {
        case .notify(.managedNames): "notify"
        case .notify(.everyName): "notify, strict"
        case .preload: "preload"
        case .native: "native"
        }
    }
}
