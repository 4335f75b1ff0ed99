import Testing
import TestSupport

/// The kinds of file systems that images are on, by what they know of labels.
///
/// Each has a directory for each VM and one of shared bases: `a/disk.img`, `b/disk.img`, `base/base.img`.
enum FileSystem: String, CaseIterable, CustomTestStringConvertible {
    case ext4 = "ext4, a label for each file"
    case plain = "NFS without labels"
    case labelled = "NFS with security_label"
    case context = "NFS mounted with context="

    var testDescription: String { rawValue }

    /// Where it is mounted.
    var root: String {
        switch self {
        case .ext4: "/srv/images"
        case .plain: "/mnt/plain"
        case .labelled: "/mnt/labelled"
        case .context: "/mnt/context"
        }
    }

    /// The label of all files on the mount with `context=`: of no VM in particular.
    static let sharedLabel = "system_u:object_r:svirt_image_t:s0"
    static let baseLabel = "system_u:object_r:virt_content_t:s0"

    /// Whether SELinux can part the VMs' images there, by the files' labels or by those of the policy.
    var partsImages: Bool { self != .context }

    /// All four, made at the first use.
    static let all = Result { try make() }

    private static func make() throws {
        try Guest.run("setsebool", "openhook_use_unlabeled_fs", "on")
        let options = "vers=4.2,nosharecache"
        try Guest.run("mount", "-t", "nfs", "-o", options, "127.0.0.1:/srv/export/plain", FileSystem.plain.root)
        try Guest.run("mount", "-t", "nfs", "-o", options, "127.0.0.1:/srv/export/labelled", FileSystem.labelled.root)
        try Guest.run(
            "mount", "-t", "nfs", "-o", "\(options),context=\(sharedLabel)", "127.0.0.1:/srv/export/context",
            FileSystem.context.root)
        for fileSystem in allCases { try fileSystem.fill() }
    }

    /// Removes what VMs have made.
    func removeCreated() throws { try Guest.shell("rm -f \(root)/*/new-of-*") }

    private func fill() throws {
        try Guest.shell(
            """
            mkdir -p \(root); cd \(root); mkdir a b base
            for image in a/disk b/disk base/base; do echo "$image" >$image.img; done
            """)
        switch self {
        case .ext4, .labelled:
            // Nothing but labels parts the VMs here: the modes let everybody do everything.
            try Guest.shell(
                """
                cd \(root); chmod -R 777 .
                chcon system_u:object_r:virt_image_t:s0 .
                chcon -R \(VirtualMachine.a.imageLabel) a
                chcon -R \(VirtualMachine.b.imageLabel) b
                chcon -R \(Self.baseLabel) base
                """)
        case .plain:
            try Guest.shell("chmod -R 777 \(root)")
        case .context:
            // One label for all: what parts the VMs from each other, for the kernel, are owners and modes.
            try Guest.shell(
                """
                cd \(root); chmod 755 base; chmod 644 base/base.img; chmod 700 a b; chmod 600 a/disk.img b/disk.img
                chown -R 2001:2001 a; chown -R 2002:2002 b
                """)
        }
    }
}
