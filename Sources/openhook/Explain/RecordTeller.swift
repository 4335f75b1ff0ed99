/// The sentences that tell a record.
struct RecordTeller {
    let fields: RecordFields
    let event: String
    let vm: String

    /// The line that would have granted what was refused.
    var missingLine: String? { event == "refused" ? fields["add"] : nil }

    var sentences: [String] {
        switch event {
        case "refused", "opened", "would-deny", "creating", "changing", "handed-over", "not-handed-over":
            [question] + outcome + object + labels + circumstances
        case "attached": [attachment] + circumstances
        default: [happening] + (fields["reason"].map { ["The reason: \($0)."] } ?? []) + circumstances
        }
    }

    // MARK: Who asked for what

    private var question: String {
        let verb = event == "handed-over" || event == "not-handed-over" ? "had asked" : "asked"
        let name = fields["name"] ?? "a file"
        let target = fields["target"].map { " to \($0)" } ?? ""
        let request = fields["operation"].map { "for `\($0)` of \(name)\(target)" } ?? "to open \(name)\(purpose)"
        return "\(time), \(peer) \(verb) the broker of VM \(vm) \(request)."
    }

    private var time: String { fields["time"].map { "At \($0)" } ?? "At a time that the record does not say" }

    private var peer: String {
        var details: [String] = []
        if let user = fields["peer_uid"] { details.append("user \(user)") }
        if let group = fields["peer_gid"] { details.append("group \(group)") }
        if let label = fields["peer_label"] { details.append("label \(label)") }
        let process = fields["peer_pid"].map { "process \($0)" } ?? "a process"
        return details.isEmpty ? process : "\(process) (\(details.joined(separator: ", ")))"
    }

    /// Begins with a blank. The records of a delivery leave it to those of the open.
    private var purpose: String {
        guard let words = fields["flags"] else { return "" }
        let creates = words.contains("O_CREAT") ? ", and to make it if it is missing" : ""
        switch fields["access"] {
        case "ro": return " for reading\(creates) (\(words))"
        case "wo": return " for writing\(creates) (\(words))"
        case "rw": return " for reading and writing\(creates) (\(words))"
        default: return " in a way that is none (\(words))"
        }
    }

    // MARK: What became of it

    private var outcome: [String] {
        let rule = fields["rule"].map { "the rule at \($0)" }
        switch event {
        case "opened":
            return [
                "It was granted by \(rule ?? "a rule"), and opened; the record `handed-over` with the same request number says that the descriptor arrived."
            ]
        case "would-deny":
            return [
                "No rule grants it. \(rule.map(Self.capitalized) ?? "A `learn` statement") let it through for the time being: without it this would have been a refusal. `openhook learn` proposes the missing line."
            ]
        case "creating":
            return [
                "The file was missing; \(rule ?? "a rule") lets it be made\(fields["mode"].map { " with mode \($0)" } ?? ""), and that was about to happen."
            ]
        case "changing": return ["\(rule.map(Self.capitalized) ?? "A rule") allows that, and it was about to happen."]
        case "handed-over": return ["The descriptor was handed over: from then on QEMU had the file open."]
        case "not-handed-over":
            return ["The file was opened, but the descriptor did not arrive: \(reason). It was closed again."]
        default: return refusal
        }
    }

    private var refusal: [String] {
        var sentences = [
            "It was refused with \(fields["errno"] ?? "an errno") at the stage `\(stage)`, which is \(stageWords)."
        ]
        sentences.append("The reason: \(reason).")
        if let rule = fields["rule"] { sentences.append("The rule that decided stands at \(rule).") }
        if let repeated = fields["repeated"] { sentences.append("The same happened \(repeated) more times.") }
        return sentences
    }

    private var reason: String { fields["reason"] ?? fields["errno"] ?? "the record does not say" }

    private var stage: String { fields["stage"] ?? "?" }

    private var stageWords: String {
        switch stage {
        case "peer": "where it is looked at who asks"
        case "flags": "where the flags are looked at, before the name"
        case "name": "where the name is made absolute and clean"
        case "policy": "where the policy's rules decide about the name"
        case "resolve": "where the kernel looks the name up beneath the rule's root"
        case "object": "where the very object is looked at: its kind, its links, its real name"
        case "label": "where SELinux is asked about the file's label"
        case "create": "where a missing file would be made"
        case "reopen": "where the object is opened with the access that was asked for"
        case "audit": "where the grant is recorded: what cannot be recorded is not granted"
        case "truncate": "where the file is cut"
        case "send": "where the answer is sent"
        case "deadline": "where the answer was due and the file system had not answered"
        default: "none that this program knows"
        }
    }

    // MARK: More

    private var object: [String] {
        guard let object = fields["object"] else { return [] }
        var words = "The object is \(object)"
        if let kind = fields["kind"] { words += ", a \(kind == "block" || kind == "char" ? kind + " device" : kind)" }
        if let device = fields["device"], let inode = fields["inode"] {
            words += ", inode \(inode) of device \(device)"
        }
        return [words + "."]
    }

    private var labels: [String] {
        var sentences: [String] = []
        if let label = fields["object_label"] {
            let source =
                switch fields["label_source"] {
                case "kernel": "the file's own"
                case "rule": "given by the rule"
                case "root": "given by the rule's root"
                default: "from somewhere"
                }
            sentences.append("Its label is \(label), \(source).")
        }
        switch fields["selinux"] {
        case "off": sentences.append("No label was checked: SELinux is off, or the policy says so.")
        case "permissive": sentences.append("SELinux is permissive: what it denies is granted all the same.")
        default: break
        }
        return sentences
    }

    private var circumstances: [String] {
        var words: [String] = []
        if let generation = fields["generation"] { words.append("policy generation \(generation)") }
        if let request = fields["request"] { words.append("request \(request)") }
        if let time = fields["microseconds"] { words.append("\(time) microseconds after the request came") }
        return words.isEmpty ? [] : ["(\(Self.capitalized(words.joined(separator: ", "))).)"]
    }

    private var attachment: String {
        "\(time), \(peer) became a program of VM \(vm), which reaches its files through the broker: \(reason)."
    }

    private var happening: String {
        switch event {
        case "started": "\(time) the broker of VM \(vm) started."
        case "stopped": "\(time) the broker of VM \(vm) ended."
        case "policy-loaded": "\(time) the broker of VM \(vm) put another policy in force."
        case "policy-kept":
            "\(time) the broker of VM \(vm) was told to load its policy anew, could not, and kept the one it had."
        case "root-reopened":
            "\(time) the broker of VM \(vm) found another directory at \(fields["object"] ?? "a root's place"), and opened it."
        case "connection-refused": "\(time), \(peer) connected to the broker of VM \(vm), and was turned away."
        case "protocol-violation":
            "\(time), \(peer) sent the broker of VM \(vm) what is no request; the connection was closed."
        default: "\(time) the broker of VM \(vm) recorded `\(event)`, which this program does not know."
        }
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
