internal import HookPolicy
internal import HookXML

/// `<disk>`: disks, CD-ROMs, floppies.
extension DomainReader {
    mutating func readDisk(_ disk: XMLElement) {
        let target = disk.child("target")?.attribute("dev") ?? []
        let device = disk.attribute("device")?.text ?? "disk"
        let isMedium = device == "cdrom" || device == "floppy"
        let words = device == "cdrom" ? "CD-ROM" : device == "floppy" ? "floppy" : "disk"
        let role = target.isEmpty ? words : "\(words) \(shown(target))"
        let isReadOnly = device == "cdrom" || disk.child("readonly") != nil
        let place = DiskPlace(
            part: isMedium ? .media : .disks, role: role, access: isReadOnly ? .readOnly : .readWrite,
            sharing: disk.child("shareable") != nil ? .shared : .exclusive)
        guard let image = readImage(disk, place) else { return }
        var use = image
        let format = disk.child("driver")?.attribute("type")?.text
        use.chain = chain(of: disk, format: format, place)
        inventory.uses.append(use)
        readMirror(of: disk, place)
        if let store = disk.child("source")?.child("dataStore"), let data = readImage(store, place) {
            inventory.uses.append(data)
        }
        if disk.child("transient") != nil { addTransient(of: use, role) }
        for source in disk.children("source") {
            addSocket(source.child("reservations")?.child("source")?.attribute("path"), "reservations of \(role)")
        }
    }

    struct DiskPlace {
        let part: FileUse.Part
        var role: String
        var access: Access
        var sharing: FileUse.Sharing
    }

    // MARK: Sources

    /// The file that a `<source>` means; nil if there is none, or none that needs a rule.
    private mutating func readImage(_ parent: XMLElement, _ place: DiskPlace) -> FileUse? {
        guard let source = parent.child("source") else { return nil }
        guard source.attribute("fdgroup") == nil else {
            inventory.note("\(place.role): libvirt hands over its descriptors, so no rule")
            return nil
        }
        var use = FileUse([], place.access, place.part, place.role)
        use.sharing = place.sharing
        use.label = label(of: source)
        let type = parent.attribute("type")?.text ?? "file"
        switch type {
        case "file": (use.name, use.form) = (source.attribute("file") ?? [], .file)
        case "block": (use.name, use.form) = (source.attribute("dev") ?? [], .block)
        case "volume":
            guard let path = readVolume(source, place) else { return nil }
            use.name = path
        default:
            readOther(type, source, place)
            return nil
        }
        // An empty drive.
        return use.name.isEmpty ? nil : use
    }

    private mutating func readVolume(_ source: XMLElement, _ place: DiskPlace) -> [UInt8]? {
        guard let pool = source.attribute("pool"), let volume = source.attribute("volume") else { return nil }
        let what = "\(place.role): volume `\(shown(volume))` of pool `\(shown(pool))`"
        switch host.path(ofVolume: volume, pool: pool) {
        case .path(let path): return path
        case .notAsked: inventory.refuse("\(what): where it lies is asked of virsh: leave --offline out there")
        case .failed(let reason):
            inventory.refuse(
                "\(what): where it lies is not known: \(reason). `virsh vol-path` says it, on the VM's host")
        }
        return nil
    }

    private mutating func readOther(_ type: String, _ source: XMLElement, _ place: DiskPlace) {
        switch type {
        case "network":
            let name = source.attribute("protocol") ?? []
            inventory.note("\(place.role): `\(shown(name))` is no file of this host, so no rule")
        case "dir":
            guard let path = source.attribute("dir") else { return }
            let kind: OwnStatement.Kind = place.access == .readOnly ? .readOnly : .readWrite
            inventory.ownUses.append(OwnUse(kind: kind, path: path, role: place.role))
        case "nvme":
            guard let address = source.child("address"), let pci = PCIAddress(address) else { return }
            add(VFIOFiles.findings(of: .pci(pci.text), place.role, host))
        case "vhostuser": addSocket(source.attribute("path"), place.role)
        case "vhostvdpa": inventory.note("\(place.role): libvirt opens it and hands it over, so no rule")
        default: inventory.refuse("\(place.role): what a disk of type `\(shown(type))` opens is not known here")
        }
    }

    /// A label that the domain gives to this very file.
    func label(of source: XMLElement) -> [UInt8]? {
        source.children("seclabel")
            .first { $0.attribute("model").map { $0.elementsEqual("selinux".utf8) } ?? true }?
            .child("label")?.trimmedText
    }

    // MARK: Chains

    /// The images below: those of `<backingStore>` where libvirt has written it down, else those in the header.
    private mutating func chain(of image: XMLElement, format: String?, _ place: DiskPlace) -> FileUse.Chain {
        guard let backing = image.child("backingStore") else {
            // libvirt takes an image without a format for raw, and so does not look for a header either.
            return format == nil ? .none : BlockReader.chain(ofFormat: format)
        }
        // `<backingStore/>` says that there is none.
        guard backing.child("source") != nil else { return .none }
        var below = place
        below.access = .readOnly
        below.sharing = .shared
        guard var use = readImage(backing, below) else { return .none }
        let format = backing.child("format")?.attribute("type")?.text
        use.chain = chain(of: backing, format: format, below)
        return .declared([use])
    }

    /// A copy of the disk that is being made, and that QEMU will go on with.
    private mutating func readMirror(of disk: XMLElement, _ place: DiskPlace) {
        guard let mirror = disk.child("mirror") else { return }
        let below = DiskPlace(part: place.part, role: "copy of \(place.role)", access: .readWrite, sharing: .exclusive)
        let format = (mirror.child("format")?.attribute("type") ?? mirror.attribute("format"))?.text
        if mirror.child("source") != nil {
            guard var use = readImage(mirror, below) else { return }
            use.chain = chain(of: mirror, format: format, below)
            inventory.uses.append(use)
        } else {
            // As libvirt before 1.2.6 had it.
            add(mirror.attribute("file"), .readWrite, place.part, below.role, form: .file)
            add(mirror.attribute("dev"), .readWrite, place.part, below.role, form: .block)
        }
    }

    /// What is written goes to a file beside, which libvirt names so.
    private mutating func addTransient(of use: FileUse, _ role: String) {
        let name = use.name + Array(".TRANSIENT-".utf8) + (inventory.name ?? [])
        add(name, .readWrite, use.part, "changes of \(role)", form: .file, creation: .ifMissing)
    }
}
