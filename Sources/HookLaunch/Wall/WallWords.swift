internal import HookLinux

extension WallPlan {
    /// The wall in a few words, for the broker's audit record: what there is, and what is missing.
    func words(_ way: WayIn) -> [UInt8] {
        var words = "via \(way.word), "
        words += landlock.map { "Landlock version \($0.version), \($0.places.count) places" } ?? "no Landlock"
        return Array((words + gaps.map { ". \($0)" }.joined()).utf8)
    }
}
