internal import HookPolicy

/// Which files images may keep their data in (qcow2 `data_file`).
///
/// An image's header names such a file, and QEMU writes it like the image itself. Whoever made the image chose that name,
/// and could choose another VM's disk: so a header's word alone grants nothing.
enum DataFiles {
    /// What the VM's configuration names, for what it names it for; and what the admin names, to be written.
    case stated([AbsolutePath: Access])
    /// What a policy grants: it is not being made, but compared.
    case granted(by: Policy)

    static func stated(by uses: [FileUse], and names: [AbsolutePath]) -> DataFiles {
        var known: [AbsolutePath: Access] = [:]
        for use in uses where use.origin == .configuration {
            guard let path = AbsolutePath(use.name) else { continue }
            known[path] = known[path]?.union(use.access) ?? use.access
        }
        for name in names { known[name] = .readWrite }
        return .stated(known)
    }

    func include(_ path: AbsolutePath, for access: Access) -> Bool {
        switch self {
        case .stated(let known): return known[path]?.covers(access) ?? false
        case .granted(let policy):
            guard case .granted = policy.decide(path.bytes.span, access) else { return false }
            return true
        }
    }
}
