/// Directories in which other VMs, and the system, have sockets and files of their own beside a VM's.
///
/// What QEMU may do there with its own rights, it may do to theirs.
package enum SharedDirectory {
    /// Whether a directory is one of these, or holds one.
    package static func includes(_ path: AbsolutePath) -> Bool {
        let path = withoutLink(path)
        return path.parent == userDirectories || known.contains { $0.isBeneathOrEqual(path) }
    }

    private static let userDirectories = AbsolutePath(unchecked: Array("/run/user".utf8))
    private static let linked = AbsolutePath(unchecked: Array("/var/run".utf8))

    private static let known =
        [
            "/run", "/run/user", "/run/openhook", "/tmp", "/var/tmp", "/run/libvirt/qemu/channel",
            "/run/libvirt/qemu/swtpm", "/run/libvirt/qemu/passt", "/run/libvirt/qemu/slirp", "/run/libvirt/qemu/dbus",
            "/var/lib/libvirt/qemu/channel/target", "/var/lib/libvirt/qemu/nvram", "/var/lib/libvirt/qemu/ram",
            "/var/lib/libvirt/qemu/save",
        ].map { AbsolutePath(unchecked: Array($0.utf8)) }

    /// `/var/run` is `/run` by another name.
    private static func withoutLink(_ path: AbsolutePath) -> AbsolutePath {
        guard path.isBeneathOrEqual(linked) else { return path }
        return AbsolutePath(unchecked: Array("/run".utf8) + path.bytes.dropFirst(linked.bytes.count))
    }
}
