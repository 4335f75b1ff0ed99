/// Who asked for what.
extension RecordTeller {
    var question: String {
        let verb = event == "handed-over" || event == "not-handed-over" ? "had asked" : "asked"
        return "\(time), \(peer) \(verb) the broker of VM \(vm) \(request)."
    }

    var time: String { fields["time"].map { "At \($0)" } ?? "At a time that the record does not say" }

    var peer: String {
        var details: [String] = []
        if let user = fields["peer_uid"] { details.append("user \(user)") }
        if let group = fields["peer_gid"] { details.append("group \(group)") }
        if let label = fields["peer_label"] { details.append("label \(label)") }
        let process = fields["peer_pid"].map { "process \($0)" } ?? "a process"
        return details.isEmpty ? process : "\(process) (\(details.joined(separator: ", ")))"
    }

    private var request: String {
        let name = fields["name"] ?? "a file"
        guard let operation = fields["operation"] else { return "to open \(name)\(purpose)" }
        switch operation {
        case "stat": return "for the status of \(name)"
        case "access": return "whether it may use \(name)"
        case "readlink": return "where the symbolic link \(name) leads"
        case "unlink": return "to remove \(name)"
        case "rename": return "to rename \(name)"
        case "mkdir": return "to make the directory \(name)"
        case "rmdir": return "to remove the directory \(name)"
        case "truncate": return "to change the size of \(name)"
        case "chmod": return "to change the permissions of \(name)"
        case "chown": return "to change the owner of \(name)"
        case "utime": return "to change the times of \(name)"
        case "link": return "to give \(name) another name"
        case "symlink": return "to make the symbolic link \(name)"
        case "mknod": return "to make the node \(name)"
        case "setxattr": return "to change an attribute of \(name)"
        case "connect": return "to connect to the socket \(name)"
        case "bind": return "to make the socket \(name)"
        default: return "for \(operation) of \(name), which this program does not know"
        }
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
}
