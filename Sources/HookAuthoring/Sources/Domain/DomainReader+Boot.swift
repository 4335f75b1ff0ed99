internal import HookPolicy
internal import HookXML

/// `<os>`, `<memoryBacking>`, `<sysinfo>`: firmware, kernels, memory.
extension DomainReader {
    mutating func readBoot(_ os: XMLElement) {
        if let loader = os.child("loader"), !loader.trimmedText.isEmpty {
            let isWritten = loader.attribute("readonly")?.text == "no"
            add(
                loader.trimmedText, isWritten ? .readWrite : .readOnly, .firmware, "firmware", form: .file,
                label: label(of: loader))
        } else if os.attribute("firmware") != nil {
            inventory.note(
                "firmware: libvirt chooses it at the start (<os firmware=…>): the XML of the running domain names it")
        }
        if let nvram = os.child("nvram") { readVariables(nvram) }
        add(os.child("kernel")?.trimmedText, .readOnly, .kernel, "kernel", form: .file)
        add(os.child("initrd")?.trimmedText, .readOnly, .kernel, "initrd", form: .file)
        add(os.child("dtb")?.trimmedText, .readOnly, .kernel, "device tree", form: .file)
        add(os.child("shim")?.trimmedText, .readOnly, .kernel, "shim", form: .file)
        for table in os.child("acpi")?.children("table") ?? [] {
            add(table.trimmedText, .readOnly, .firmware, "ACPI table", form: .file)
        }
    }

    /// The variables of UEFI: a name, or, since libvirt 8.5, a source like a disk's.
    private mutating func readVariables(_ nvram: XMLElement) {
        let role = "variables of the firmware"
        guard let source = nvram.child("source") else {
            return add(nvram.trimmedText, .readWrite, .firmware, role, form: .file)
        }
        switch nvram.attribute("type")?.text ?? "file" {
        case "file": add(source.attribute("file"), .readWrite, .firmware, role, form: .file, label: label(of: source))
        case "block": add(source.attribute("dev"), .readWrite, .firmware, role, form: .block, label: label(of: source))
        case "network": inventory.note("\(role): no file of this host, so no rule")
        case let type: inventory.refuse("\(role): what a source of type `\(shown(type))` opens is not known here")
        }
    }

    mutating func readMemory(of domain: XMLElement) {
        guard let backing = domain.child("memoryBacking") else { return }
        if backing.child("hugepages") != nil {
            inventory.note(
                "memory: libvirt makes a directory for each start below the mount of the huge pages, and QEMU works in it "
                    + "with its own rights: the launcher adds it (policy/examples/libvirt-runtime.policy)")
        }
        if backing.child("source")?.attribute("type")?.text == "file" {
            inventory.note(
                "memory: libvirt's memory_backing_dir (/var/lib/libvirt/qemu/ram) has a directory for each start, and QEMU "
                    + "works in it with its own rights: the launcher adds it (policy/examples/libvirt-runtime.policy)")
        }
    }

    mutating func readSystemInformation(of domain: XMLElement) {
        for information in domain.children("sysinfo") {
            for entry in information.children("entry") {
                add(entry.attribute("file"), .readOnly, .firmware, "firmware configuration", form: .file)
            }
        }
    }
}
