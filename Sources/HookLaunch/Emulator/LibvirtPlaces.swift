package import HookLinux

/// The directories that libvirt has made for one start of a VM, and that QEMU uses with its own rights.
///
/// Their names have the number of the start in them, so no policy can name them. libvirt says the first one as QEMU's
/// HOME: `/var/lib/libvirt/qemu/domain-7-web01`. Beside it lies the memory of VMs that have theirs in files, where
/// `memory_backing_dir` of qemu.conf does not say otherwise: `/var/lib/libvirt/qemu/ram/7-web01`.
package enum LibvirtPlaces {
    /// - Parameters:
    ///   - home: the value of HOME.
    ///   - vm: the VM's name. libvirt shortens long ones there.
    /// - Returns: none, unless HOME is such a directory of that very VM.
    package static func places(home: [UInt8], vm: [UInt8]) -> [SystemPath] {
        let text = String(decoding: home, as: UTF8.self)
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.hasPrefix("/"), !components.dropFirst().contains(where: { ["", ".", ".."].contains($0) }),
            let last = components.last, last.hasPrefix("domain-")
        else { return [] }
        let start = last.dropFirst("domain-".count)
        guard let dash = start.firstIndex(of: "-"), !start[..<dash].isEmpty, start[..<dash].allSatisfy(\.isASCIIDigit)
        else { return [] }
        let name = start[start.index(after: dash)...]
        let isWhole = Array(name.utf8) == vm
        guard isWhole || name.utf8.count >= shortest && vm.starts(with: name.utf8) else { return [] }
        let memory = (components.dropLast() + ["ram", start]).joined(separator: "/")
        return [text, memory, "/dev/hugepages/libvirt/qemu/\(start)", "/run/libvirt/qemu/channel/\(start)"]
            .map { SystemPath(text: $0) }
    }

    /// How many bytes of a name libvirt leaves at least (`virDomainDefGetShortName`): a shorter beginning could be
    /// another VM's name.
    private static let shortest = 20
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
