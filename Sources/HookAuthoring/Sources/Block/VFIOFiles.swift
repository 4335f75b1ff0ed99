internal import HookPolicy

/// The files by which QEMU gets a device of the host (vfio).
enum VFIOFiles {
    static func findings(of device: VFIODevice, _ role: String, _ host: any HostView) -> BlockFindings {
        let container = FileUse(Array("/dev/vfio/vfio".utf8), .readWrite, .devices, role, form: .char)
        var findings = BlockFindings(uses: [container])
        switch host.vfioGroup(of: device) {
        case .group(let number):
            let path = Array("/dev/vfio/\(number)".utf8)
            findings.uses.append(FileUse(path, .readWrite, .devices, role, form: .char))
        case .missing:
            findings.remarks.append(
                Remark(
                    .refusal,
                    "\(role): this host has no device \(shown(device.name)) in a group of its own "
                        + "(iommu_group), so its /dev/vfio/N is not known"))
        case .notLooked:
            findings.remarks.append(
                Remark(
                    .refusal,
                    "\(role): which /dev/vfio/N belongs to \(shown(device.name)) is asked of the host: "
                        + "leave --offline out there, or add `allow rw /dev/vfio/N kind char`"))
        }
        return findings
    }
}
