internal import HookJSON
internal import HookLinux
package import HookPolicy
internal import SystemPackage

/// Asks a running QEMU which images it has open.
package struct MonitorReader {
    private let block: BlockReader
    private var inventory: Inventory
    /// The names that chains have accounted for.
    private var known: Set<[UInt8]> = []

    /// - Parameters:
    ///   - directory: QEMU's working directory, if it is known.
    package static func read(
        _ socket: [UInt8], directory: AbsolutePath?, host: any HostView
    ) throws(MonitorFailure) -> Inventory {
        guard let path = try? SystemPath(socket) else { throw .unreachable("a name with a NUL") }
        var monitor = try MonitorConnection.open(path)
        var reader = MonitorReader(directory: directory, host: host)
        reader.inventory.name = try monitor.execute("query-name")?["name"]?.bytes
        reader.inventory.uuid = try monitor.execute("query-uuid")?["UUID"]?.bytes
        for device in try monitor.execute("query-block")?.elements ?? [] { reader.readDevice(device) }
        let nodes = try monitor.execute("query-named-block-nodes", "{\"flat\":true}")?.elements ?? []
        for node in nodes { reader.readNode(node) }
        for (property, role) in [("kernel", "kernel"), ("initrd", "initrd"), ("dtb", "device tree")] {
            let arguments = "{\"path\":\"/machine\",\"property\":\"\(property)\"}"
            guard let name = try monitor.execute("qom-get", arguments)?.bytes, !name.isEmpty else { continue }
            reader.add(name, .kernel, role)
        }
        if let name = reader.inventory.name {
            reader.inventory.source = "the monitor of `\(shown(name))`"
        }
        return reader.inventory
    }

    private init(directory: AbsolutePath?, host: any HostView) {
        block = BlockReader(directory: directory, host: host)
        inventory = Inventory(source: "a monitor of QEMU")
        inventory.directory = directory
    }

    private mutating func add(_ name: [UInt8], _ part: FileUse.Part, _ role: String) {
        guard case .path(let path) = ImageName(name, relativeTo: inventory.directory) else { return }
        inventory.uses.append(FileUse(path, .readOnly, part, role, form: .file))
    }

    // MARK: Drives

    private mutating func readDevice(_ device: JSONValue) {
        guard let inserted = device["inserted"], let image = inserted["image"] else { return }
        let place = Self.place(of: device, isReading: inserted["ro"]?.boolean ?? true)
        let findings = uses(of: image, place, depth: 0)
        inventory.uses += findings.uses
        inventory.remarks += findings.remarks
    }

    private static func place(of device: JSONValue, isReading: Bool) -> BlockPlace {
        let name = device["qdev"]?.bytes ?? device["device"]?.bytes ?? []
        let drive = device["device"]?.bytes ?? []
        if drive.starts(with: Array("pflash".utf8)) {
            let role = drive.elementsEqual("pflash0".utf8) ? "firmware" : "variables of the firmware"
            return BlockPlace(part: .firmware, role: role, parent: isReading ? .reading : .writing)
        }
        let isMedium = device["removable"]?.boolean == true
        return BlockPlace(
            part: isMedium ? .media : .disks, role: "\(isMedium ? "medium of" : "disk") \(shown(name))",
            parent: isReading ? .reading : .writing)
    }

    /// An image as QEMU describes it, with the chain below that it has open.
    private mutating func uses(of image: JSONValue, _ place: BlockPlace, depth: Int) -> BlockFindings {
        guard let name = image["filename"]?.bytes, depth <= ChainWalk.longest else { return BlockFindings() }
        var findings = block.read(name: name, format: "raw", place)
        for use in findings.uses { known.insert(use.name) }
        guard !findings.uses.isEmpty, let backing = image["backing-image"] else { return findings }
        var below = uses(of: backing, place.with(parent: .reading), depth: depth + 1)
        // The name may be the header's, and say that it is to be written.
        for index in below.uses.indices { below.uses[index].access = .readOnly }
        findings.uses[0].chain = .declared(below.uses)
        findings.remarks += below.remarks
        return findings
    }

    // MARK: Other nodes

    /// A node that is no drive's and in no chain of one: the copy that a mirror makes, a data file, firmware.
    private mutating func readNode(_ node: JSONValue) {
        guard let driver = node["drv"]?.bytes, let name = node["file"]?.bytes else { return }
        guard case .file(let form) = BlockDriver(driver.text) else { return }
        guard case .path(let path) = ImageName(name, relativeTo: inventory.directory), known.insert(path).inserted
        else {
            return
        }
        let isReading = node["ro"]?.boolean ?? true
        let nodeName = node["node-name"]?.bytes ?? []
        var use = FileUse(
            path, isReading ? .readOnly : .readWrite, .disks, "block node \(shown(nodeName))", form: form)
        // QEMU names what nobody has named: what a header leads to is among that.
        if nodeName.isEmpty || nodeName.first == UInt8(ascii: "#") { use.origin = .header }
        inventory.uses.append(use)
    }
}
