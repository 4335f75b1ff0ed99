internal import HookPolicy
package import HookXML

/// Reads a libvirt domain: `virsh dumpxml`, of a running VM or of one that is to run.
package struct DomainReader {
    let host: any HostView
    var inventory = Inventory(source: "a libvirt domain")
    /// Said once, however many there are.
    var hasNotedNetwork = false

    /// Why it is no domain.
    package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case xml(XMLError)
        case otherRoot(String)
        case otherHypervisor(String)
        case noName

        package var description: String {
            switch self {
            case .xml(let error): "\(error)"
            case .otherRoot(let name):
                "the document is no domain: its element is <\(name)>. `virsh dumpxml NAME` prints a domain"
            case .otherHypervisor(let type): "a domain of type `\(type)`: QEMU runs those of types kvm and qemu"
            case .noName: "the domain has no <name>"
            }
        }
    }

    /// - Parameter host: where volumes and device groups are looked up.
    package static func read(_ bytes: [UInt8], host: any HostView) throws(Failure) -> Inventory {
        let root: XMLElement
        do throws(XMLError) { root = try XMLDocument.root(of: bytes) } catch { throw .xml(error) }
        return try read(root, host: host)
    }

    static func read(_ root: XMLElement, host: any HostView) throws(Failure) -> Inventory {
        // `virsh save-image-dumpxml` and status files have the domain inside another element.
        let found = root.isCalled("domstatus") || root.isCalled("domainsnapshot") ? root.child("domain") : root
        guard let domain = found, domain.isCalled("domain") else { throw .otherRoot(shown(root.name)) }
        var reader = DomainReader(host: host)
        try reader.readIdentity(of: domain)
        if let os = domain.child("os") { reader.readBoot(os) }
        reader.readMemory(of: domain)
        reader.readSystemInformation(of: domain)
        if let devices = domain.child("devices") { reader.readDevices(devices) }
        reader.readCommandLine(of: domain)
        return reader.inventory
    }

    private mutating func readIdentity(of domain: XMLElement) throws(Failure) {
        let type = domain.attribute("type") ?? []
        guard ["kvm", "qemu", "hvf"].contains(where: { type.elementsEqual($0.utf8) }) || type.isEmpty else {
            throw .otherHypervisor(shown(type))
        }
        if type.elementsEqual("qemu".utf8) { inventory.identity.accelerator = .tcg }
        guard let name = domain.child("name")?.trimmedText, !name.isEmpty else { throw .noName }
        inventory.name = name
        inventory.source = "the libvirt domain `\(shown(name))`"
        inventory.uuid = domain.child("uuid")?.trimmedText
        for label in domain.children("seclabel") { readSecurityLabel(label) }
    }

    private mutating func readSecurityLabel(_ label: XMLElement) {
        let process = label.child("label")?.trimmedText
        let image = label.child("imagelabel")?.trimmedText
        switch (label.attribute("model") ?? []).text {
        case "dac":
            // `+64055:+108`: a plus says that it is a number.
            guard let user = process?.split(separator: UInt8(ascii: ":")).first, !user.isEmpty else { return }
            inventory.identity.user = Array(user.first == UInt8(ascii: "+") ? user.dropFirst() : user)
        case "selinux", "":
            switch (label.attribute("type") ?? []).text {
            case "none": inventory.identity.selinux = .none
            case "static":
                guard let process else { return }
                inventory.identity.selinux = .fixed(process: process, image: image)
            default:
                guard process != nil || label.attribute("model") != nil else { return }
                inventory.identity.selinux = .dynamic(process: process, image: image)
            }
        default: return
        }
    }

    // MARK: What is added

    mutating func add(
        _ name: [UInt8]?, _ access: Access, _ part: FileUse.Part, _ role: String, form: FileUse.Form = .unknown,
        creation: FileUse.CreationNeed = .never, label: [UInt8]? = nil
    ) {
        guard let name, !name.isEmpty else { return }
        var use = FileUse(name, access, part, role, form: form)
        use.creation = creation
        use.label = label
        inventory.uses.append(use)
    }

    mutating func addSocket(_ path: [UInt8]?, _ role: String) {
        guard let path, !path.isEmpty else { return }
        inventory.ownUses.append(OwnUse(kind: .socket, path: path, role: role))
    }

    mutating func add(_ findings: BlockFindings) {
        inventory.uses += findings.uses
        inventory.ownUses += findings.ownUses
        inventory.remarks += findings.remarks
    }

    /// `<qemu:commandline>`: what libvirt passes on without knowing what it means.
    private mutating func readCommandLine(of domain: XMLElement) {
        let lines = domain.children.filter {
            $0.name.elementsEqual("commandline".utf8)
                && $0.namespace.elementsEqual("http://libvirt.org/schemas/domain/qemu/1.0".utf8)
        }
        let words = lines.flatMap(\.children).filter { $0.name.elementsEqual("arg".utf8) }
            .compactMap { $0.attribute("value") }
        guard !words.isEmpty else { return }
        let found = CommandLineReader.read(options: words, directory: nil, host: host)
        inventory.uses += found.uses
        inventory.ownUses += found.ownUses
        inventory.selfOpened += found.selfOpened
        inventory.remarks += found.remarks
    }
}

extension [UInt8] {
    /// For comparing with words of a format. Names of files are never compared so.
    var text: String { String(decoding: self, as: UTF8.self) }
}
