internal import HookPolicy
internal import HookXML

/// `<devices>`: everything but disks and character devices.
extension DomainReader {
    mutating func readDevices(_ devices: XMLElement) {
        for device in devices.children where device.namespace.isEmpty { readDevice(device) }
    }

    private mutating func readDevice(_ device: XMLElement) {
        add(device.child("rom")?.attribute("file"), .readOnly, .firmware, "option ROM", form: .file)
        switch device.name.text {
        case "disk": readDisk(device)
        case "serial": readPort(device, "serial port")
        case "parallel": readPort(device, "parallel port")
        case "console": readPort(device, "console")
        case "channel": readPort(device, "channel")
        case "redirdev": readCharacters(device, "USB redirection")
        case "smartcard": readSmartcard(device)
        case "rng": readRandom(device)
        case "tpm": readTPM(device)
        case "audio": readAudio(device)
        case "hostdev": readHostDevice(device)
        case "interface": readInterface(device)
        case "filesystem": readFileSystem(device)
        case "memory": readMemoryDevice(device)
        case "shmem": readSharedMemory(device)
        case "graphics": readGraphics(device)
        case "video":
            add(device.child("driver")?.attribute("rendernode"), .readWrite, .devices, "rendering", form: .char)
        case "input": readInput(device)
        case "vsock": inventory.note("vsock: libvirt opens /dev/vhost-vsock and hands it over, so no rule")
        default: break
        }
    }

    // MARK: Devices of the host

    private mutating func readHostDevice(_ device: XMLElement) {
        let source = device.child("source")
        let address = source?.child("address")
        switch device.attribute("type")?.text ?? "" {
        case "pci":
            guard let address, let pci = PCIAddress(address) else { return }
            add(VFIOFiles.findings(of: .pci(pci.text), "PCI device \(pci.text)", host))
        case "mdev":
            let uuid = address?.attribute("uuid") ?? []
            guard isUUID(uuid) else {
                return inventory.refuse("mediated device `\(shown(uuid))`: that is no UUID")
            }
            add(VFIOFiles.findings(of: .mediated(uuid.text), "mediated device \(shown(uuid))", host))
        case "usb": readUSB(source, address)
        case "scsi": readSCSI(source)
        case "scsi_host": inventory.note("SCSI host: libvirt opens /dev/vhost-scsi and hands it over, so no rule")
        default: inventory.refuse("a host device of a type that is not known here")
        }
    }

    private mutating func readUSB(_ source: XMLElement?, _ address: XMLElement?) {
        guard let bus = address?.attribute("bus").flatMap({ Int($0.text) }), (1...999).contains(bus),
            let number = address?.attribute("device").flatMap({ Int($0.text) }), (1...999).contains(number)
        else {
            let vendor = source?.child("vendor")?.attribute("id") ?? []
            let product = source?.child("product")?.attribute("id") ?? []
            inventory.refuse(
                "USB device \(shown(vendor)):\(shown(product)): its number on the bus is chosen when it is plugged in: "
                    + "the XML of the running domain has it")
            return
        }
        func digits(_ number: Int) -> String { String(String(1000 + number).dropFirst()) }
        let path = "/dev/bus/usb/\(digits(bus))/\(digits(number))"
        add(Array(path.utf8), .readWrite, .devices, "USB device \(bus):\(number)", form: .char)
    }

    private mutating func readSCSI(_ source: XMLElement?) {
        if source?.attribute("protocol")?.text == "iscsi" {
            inventory.note("SCSI device: iSCSI is no file of this host, so no rule")
        } else {
            inventory.refuse(
                "SCSI device: which /dev/sgN it is can change with each boot: add `allow rw /dev/sgN kind char` for it")
        }
    }

    private func isUUID(_ bytes: [UInt8]) -> Bool {
        bytes.count == 36 && bytes.allSatisfy { Array("0123456789abcdefABCDEF-".utf8).contains($0) }
    }

    // MARK: Network, folders, memory

    private mutating func readInterface(_ interface: XMLElement) {
        let type = interface.attribute("type")?.text ?? ""
        switch type {
        case "hostdev":
            guard let address = interface.child("source")?.child("address"), let pci = PCIAddress(address) else {
                return
            }
            add(VFIOFiles.findings(of: .pci(pci.text), "network card \(pci.text)", host))
        case "vhostuser": addSocket(interface.child("source")?.attribute("path"), "network")
        case "user", "": break
        default:
            if !hasNotedNetwork {
                inventory.note(
                    "network: libvirt opens /dev/net/tun and /dev/vhost-* and hands them over, so no rule")
            }
            hasNotedNetwork = true
        }
    }

    private mutating func readFileSystem(_ folder: XMLElement) {
        let target = folder.child("target")?.attribute("dir") ?? []
        let role = "shared folder \(shown(target))"
        guard folder.child("driver")?.attribute("type")?.text != "virtiofs" else {
            inventory.note("\(role): virtiofsd opens its files, not QEMU, so no rule")
            return addSocket(folder.child("source")?.attribute("socket"), role)
        }
        let source = folder.child("source")
        guard let path = source?.attribute("dir") else { return }
        let kind: OwnStatement.Kind = folder.child("readonly") != nil ? .readOnly : .readWrite
        inventory.ownUses.append(OwnUse(kind: kind, path: path, role: role))
    }

    private mutating func readMemoryDevice(_ memory: XMLElement) {
        let model = memory.attribute("model") ?? []
        guard let path = memory.child("source")?.child("path")?.trimmedText else { return }
        let isReadOnly = memory.child("target")?.child("readonly") != nil
        add(path, isReadOnly ? .readOnly : .readWrite, .memory, "memory (\(shown(model)))")
    }

    private mutating func readSharedMemory(_ memory: XMLElement) {
        let name = memory.attribute("name") ?? []
        if let server = memory.child("server") {
            return addSocket(server.attribute("path"), "shared memory \(shown(name))")
        }
        guard !name.isEmpty else { return }
        add(
            Array("/dev/shm/".utf8) + name, .readWrite, .memory, "shared memory \(shown(name))", form: .file,
            creation: .ifMissing)
    }

    // MARK: Screens and keyboards

    private mutating func readGraphics(_ graphics: XMLElement) {
        let type = graphics.attribute("type") ?? []
        addSocket(graphics.attribute("socket"), "graphics (\(shown(type)))")
        for listen in graphics.children("listen") {
            addSocket(listen.attribute("socket"), "graphics (\(shown(type)))")
        }
        add(graphics.child("gl")?.attribute("rendernode"), .readWrite, .devices, "rendering", form: .char)
    }

    private mutating func readInput(_ input: XMLElement) {
        let source = input.child("source")
        add(source?.attribute("evdev") ?? source?.attribute("dev"), .readWrite, .devices, "input", form: .char)
    }
}
