internal import HookPolicy

/// `-device`, `-object`, networks and shared folders.
extension CommandLineReader {
    mutating func readDevice(_ option: QemuOption) {
        guard let tree = tree(option, implied: "driver"), let driver = tree.text("driver") else { return }
        let role = "device \(shown(tree.text("id") ?? driver))"
        if let rom = tree["romfile"], rom.contains(slash) { add(rom, .readOnly, .firmware, "option ROM", form: .file) }
        // A descriptor that is handed over, by whatever number or name.
        let isHandedOver = tree["vhostfd"] != nil || tree["fd"] != nil
        switch driver {
        case "vfio-pci":
            if let host = tree.text("host"), let address = PCIAddress(option: host) {
                add(VFIOFiles.findings(of: .pci(address.text), role, self.host))
            } else if let directory = tree["sysfsdev"] {
                add(VFIOFiles.findings(of: Self.device(ofDirectory: directory), role, host))
            }
        case "vhost-vsock-pci", "vhost-vsock-device", "vhost-vsock-ccw":
            if !isHandedOver { addVhost("vsock", role) }
        case "vhost-scsi-pci", "vhost-scsi", "vhost-scsi-ccw": if !isHandedOver { addVhost("scsi", role) }
        case "vhost-vdpa-device", "vhost-vdpa-device-pci":
            add(tree["vhostdev"], .readWrite, .devices, role, form: .char)
        case "usb-host": readUSB(tree, role)
        case "virtio-input-host-pci", "virtio-input-host", "virtio-input-host-device":
            add(tree["evdev"], .readWrite, .devices, role, form: .char)
        case "loader": add(tree["file"], .readOnly, .firmware, role, form: .file)
        case "nvdimm", "pc-dimm": break
        default: break
        }
    }

    private mutating func addVhost(_ kind: String, _ role: String) {
        add(Array("/dev/vhost-\(kind)".utf8), .readWrite, .devices, role, form: .char)
    }

    /// `/sys/bus/pci/devices/0000:06:02.0`, `/sys/bus/mdev/devices/UUID`
    private static func device(ofDirectory directory: [UInt8]) -> VFIODevice {
        let name = lastComponent(of: directory).map { $0 }.text
        guard let address = PCIAddress(option: name) else { return .mediated(name) }
        return .pci(address.text)
    }

    private mutating func readUSB(_ tree: OptionTree, _ role: String) {
        if let device = tree["hostdevice"] { return add(device, .readWrite, .devices, role, form: .char) }
        guard let bus = tree.text("hostbus").flatMap({ Int($0) }), (1...999).contains(bus),
            let number = tree.text("hostaddr").flatMap({ Int($0) }), (1...999).contains(number)
        else {
            return inventory.refuse(
                "\(role): a USB device by what it is: its file below /dev/bus/usb has another number each time")
        }
        func digits(_ number: Int) -> String { String(String(1000 + number).dropFirst()) }
        let path = "/dev/bus/usb/\(digits(bus))/\(digits(number))"
        add(Array(path.utf8), .readWrite, .devices, role, form: .char)
    }

    // MARK: Objects

    mutating func readObject(_ option: QemuOption) {
        guard let tree = tree(option, implied: "qom-type") else { return }
        let role = "object \(shown(tree.text("id") ?? ""))"
        switch tree.text("qom-type") ?? "" {
        case "memory-backend-file": readMemoryFile(tree, role)
        case "rng-random":
            add(tree["filename"] ?? Array("/dev/urandom".utf8), .readOnly, .devices, role, form: .char)
        case "secret", "secret_keyring", "tls-cipher-suites":
            if let file = tree["file"] { addOwn(.readOnly, file, role) }
        case "tls-creds-x509", "tls-creds-psk", "tls-creds-anon": addOwn(.readOnly, tree["dir"], role)
        case "input-linux": add(tree["evdev"], .readWrite, .devices, role, form: .char)
        case "filter-dump": add(tree["file"], .writeOnly, .logs, role, form: .file, creation: .ifMissing)
        case "sev-guest", "sev-snp-guest": readSEV(tree, role)
        default: break
        }
    }

    /// `mem-path` is a file, or a directory in which QEMU makes one of its own and takes its name away.
    private mutating func readMemoryFile(_ tree: OptionTree, _ role: String) {
        guard let path = tree["mem-path"] else { return }
        if let name = AbsolutePath(path), case .found(let object) = host.look(at: name), object.kind == .directory {
            return addOwn(.readWrite, path, role)
        }
        if path.starts(with: Array("/dev/hugepages".utf8)) { return addOwn(.readWrite, path, role) }
        let isReadOnly = tree.flag("readonly") == true
        add(
            path, isReadOnly ? .readOnly : .readWrite, .memory, role,
            creation: isReadOnly || path.starts(with: Array("/dev/dax".utf8)) ? .never : .ifMissing)
    }

    private mutating func readSEV(_ tree: OptionTree, _ role: String) {
        add(tree["sev-device"] ?? Array("/dev/sev".utf8), .readWrite, .devices, role, form: .char)
        for key in ["dh-cert-file", "session-file"] { add(tree[key], .readOnly, .firmware, role, form: .file) }
    }

    // MARK: Networks and folders

    mutating func readNetwork(_ option: QemuOption) {
        guard let tree = tree(option, implied: "type") else { return }
        let role = "network \(shown(tree.text("id") ?? tree.text("type") ?? ""))"
        switch tree.text("type") ?? "" {
        case "tap":
            if ["fd", "fds", "helper"].allSatisfy({ tree[$0] == nil }) {
                add(Array("/dev/net/tun".utf8), .readWrite, .devices, role, form: .char)
            }
            if tree.flag("vhost") == true, tree["vhostfd"] == nil, tree["vhostfds"] == nil { addVhost("net", role) }
        case "vhost-vdpa": if tree["vhostfd"] == nil { add(tree["vhostdev"], .readWrite, .devices, role, form: .char) }
        case "dump": add(tree["file"], .writeOnly, .logs, role, form: .file, creation: .ifMissing)
        case "user":
            if let folder = tree["smb"] { addOwn(.readWrite, folder, role) }
            if let folder = tree["tftp"] { addOwn(.readOnly, folder, role) }
        case "stream", "dgram":
            for key in ["addr.path", "local.path", "remote.path"] { addOwn(.socket, tree[key], role) }
        default: break
        }
    }

    mutating func readFolder(_ option: QemuOption) {
        guard let tree = tree(option, implied: "fsdriver"), let path = tree["path"] else { return }
        let role = "shared folder \(shown(tree.text("mount_tag") ?? tree.text("id") ?? ""))"
        let isReadOnly = tree.flag("readonly") == true
        addOwn(isReadOnly ? .readOnly : .readWrite, path, role)
    }
}
