internal import HookLinux
internal import SystemPackage

/// Whether QEMU can be executed behind the wall.
enum ProgramReach {
    /// - Throws: if it lies where the wall lets nothing be executed, with the line that would.
    static func check(_ program: SystemPath, behind wall: WallPlan) throws(LaunchFailure) {
        guard let landlock = wall.landlock else { return }
        let real: SystemPath
        do { real = try RealName.of(program) } catch { throw .environment("\(program.text): \(error.described)") }
        let isReached = landlock.places.contains { place in
            guard place.use == .read, let name = try? RealName.of(place.path) else { return false }
            return real.isBeneathOrEqual(name.span)
        }
        guard !isReached else { return }
        var directory = real
        directory.truncate(to: max(1, real.lastComponentStart - 1))
        throw .environment(
            "\(real.text) lies outside of what QEMU may execute by itself: the policy needs `own ro \(directory.text)`")
    }
}
