internal import HookPolicy
internal import HookXML

/// Character devices: serial and parallel ports, consoles, channels.
extension DomainReader {
    /// - Parameter type: what is behind the device; the element's own attribute where it is nil.
    mutating func readCharacters(_ device: XMLElement, _ role: String, type: String? = nil) {
        let source = device.child("source")
        let path = source?.attribute("path")
        switch type ?? device.attribute("type")?.text ?? "" {
        case "file": add(path, .writeOnly, .logs, role, form: .file, creation: .ifMissing, label: source.flatMap(label))
        case "dev": add(path, .readWrite, .devices, role, form: .char)
        case "unix": addSocket(path, role)
        case "pipe": inventory.note("\(role): a pair of FIFOs, which the broker never opens: QEMU needs its own right")
        default: break
        }
        add(
            device.child("log")?.attribute("file"), .writeOnly, .logs, "log of \(role)", form: .file,
            creation: .ifMissing)
    }

    mutating func readPort(_ device: XMLElement, _ kind: String) {
        let target = device.child("target")
        let mark = target?.attribute("name") ?? target?.attribute("port") ?? []
        readCharacters(device, mark.isEmpty ? kind : "\(kind) \(shown(mark))")
    }

    mutating func readSmartcard(_ card: XMLElement) {
        if card.attribute("mode")?.text == "host-certificates" {
            let path = card.child("database")?.trimmedText ?? Array("/etc/pki/nssdb".utf8)
            inventory.ownUses.append(OwnUse(kind: .readOnly, path: path, role: "smartcard"))
        } else {
            readCharacters(card, "smartcard")
        }
    }

    mutating func readRandom(_ rng: XMLElement) {
        guard let backend = rng.child("backend") else { return }
        switch backend.attribute("model")?.text ?? "" {
        case "random":
            let path = backend.trimmedText
            add(
                path.isEmpty ? Array("/dev/urandom".utf8) : path, .readOnly, .devices, "random numbers", form: .char)
        case "egd": readCharacters(backend, "random numbers", type: backend.attribute("type")?.text)
        default: break
        }
    }

    mutating func readTPM(_ tpm: XMLElement) {
        guard let backend = tpm.child("backend") else { return }
        switch backend.attribute("type")?.text ?? "" {
        case "passthrough":
            let path = backend.child("device")?.attribute("path")
            add(path ?? Array("/dev/tpm0".utf8), .readWrite, .devices, "TPM", form: .char)
        case "emulator":
            inventory.note("TPM: swtpm keeps its files itself, and QEMU talks to it over a socket, so no rule")
        case "external": addSocket(backend.child("source")?.attribute("path"), "TPM")
        default: break
        }
    }

    mutating func readAudio(_ audio: XMLElement) {
        switch audio.attribute("type")?.text ?? "" {
        case "file":
            add(audio.attribute("path"), .writeOnly, .logs, "sound", form: .file, creation: .ifMissing)
        case "oss":
            for direction in ["input", "output"] {
                add(audio.child(direction)?.attribute("dev"), .readWrite, .devices, "sound", form: .char)
            }
        default: break
        }
    }
}
