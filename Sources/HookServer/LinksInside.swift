internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// `symlinks inside`: links are followed as long as the way stays beneath the root.
///
/// The kernel refuses an absolute link even if it leads back inside (`EXDEV`), and admins make such links. So on
/// `EXDEV` the link is read, and a target below the root's own name is tried again beneath it.
struct LinksInside {
    let root: OpenRoot
    /// The root's directory as the policy names it.
    let directory: AbsolutePath
    let mounts: MountCrossing

    private static let mostRewrites = 8

    /// - Throws: `EXDEV` for a way that leaves the root, or where mounts are refused also for one that an absolute
    ///   link or a mount is on; the kernel's errnos.
    func resolve(_ name: RelativePath) throws(Errno) -> OwnedDescriptor {
        do { return try root.directory.resolve(name, links: .followBeneath, mounts: mounts) } catch {
            guard error == .improperLink, mounts == .allow else { throw error }
        }
        return try resolveRewriting(try SystemPath(name.bytes))
    }

    /// The same, but `ELOOP` if the last component is a link: what `O_NOFOLLOW` asks for.
    func resolveRefusingLastLink(_ name: RelativePath) throws(Errno) -> OwnedDescriptor {
        let parent = try resolveParent(of: name)
        return try RootDirectory.resolve(lastComponentOf: name.path, in: parent, mounts: mounts)
    }

    /// The directory that holds the last component.
    func resolveParent(of name: RelativePath) throws(Errno) -> OwnedDescriptor {
        try resolveRewriting(try name.parent())
    }

    private func resolveRewriting(_ start: SystemPath) throws(Errno) -> OwnedDescriptor {
        var path = start
        for _ in 0...Self.mostRewrites {
            do { return try root.directory.resolve(climbing: path, links: .followBeneath, mounts: mounts) } catch {
                guard error == .improperLink, mounts == .allow else { throw error }
            }
            path = try withoutEscapingLink(path)
        }
        throw .improperLink
    }

    /// Replaces the first link on the way that leads out of the root by its target.
    ///
    /// - Throws: `EXDEV` if its target lies outside, or what leads out is no link.
    private func withoutEscapingLink(_ path: SystemPath) throws(Errno) -> SystemPath {
        let bytes = path.bytes
        for end in bytes.indices where end + 1 == bytes.count || bytes[end + 1] == UInt8(ascii: "/") {
            let prefix = try SystemPath(Array(bytes[...end]))
            do {
                _ = try root.directory.resolve(climbing: prefix, links: .followBeneath, mounts: .allow)
                continue
            } catch {
                guard error == .improperLink else { throw error }
            }
            let target: [UInt8]
            do {
                target = try linkTarget(try root.directory.resolveToLink(climbing: prefix, mounts: .allow))
            } catch {
                throw .improperLink
            }
            let before = Array(bytes[..<prefix.lastComponentStart])
            return try SystemPath(try relative(target, inDirectory: before) + bytes[(end + 1)...])
        }
        throw .improperLink
    }

    /// A link's target as a name relative to the root.
    private func relative(_ target: [UInt8], inDirectory before: [UInt8]) throws(Errno) -> [UInt8] {
        guard target.first == UInt8(ascii: "/") else { return before + target }
        let path = try SystemPath(target)
        for top in [directory.bytes, root.facts.realName] where path.isBeneathOrEqual(top.span) {
            let rest = target.dropFirst(top.count == 1 ? 1 : top.count + 1)
            return rest.isEmpty ? [UInt8(ascii: ".")] : Array(rest)
        }
        throw .improperLink
    }
}
