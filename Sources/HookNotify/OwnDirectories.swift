internal import HookPolicy

/// Where sockets are the program's own: `own rw`, `own socket`, and the directories that its launcher has made for it.
struct OwnDirectories {
    private let paths: [AbsolutePath]

    /// - Parameter places: the launcher's.
    init(_ policy: Policy, _ places: [[UInt8]]) {
        let stated = policy.own.filter { $0.kind != .readOnly }.flatMap { $0.paths.map(\.path) }
        paths = stated + places.compactMap { AbsolutePath($0) }
    }

    /// - Parameter name: absolute and clean.
    func contain(_ name: [UInt8]) -> Bool {
        guard let name = AbsolutePath(name) else { return false }
        return paths.contains { name.isBeneathOrEqual($0) }
    }
}
