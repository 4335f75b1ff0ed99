import HookAudit
import HookLinux
import HookPolicy
import HookWire
import SystemPackage

/// What `openhook open` says of an answer.
struct OpenReport {
    let name: [UInt8]
    let request: RequestOptions
    let form: AnswerForm
    let stream: AnswerStream

    func refused(_ errno: Errno) throws(Failure) {
        switch form {
        case .json:
            var fields = [JSONField("answer", "refused")]
            fields.add("name", bytes: name)
            fields.append(JSONField("errno", errno.name ?? "\(errno.rawValue)"))
            fields.append(JSONField("errno_number", Int(errno.rawValue)))
            fields.append(JSONField("meaning", "\(errno)"))
            try stream.write(.object(fields), orElse: .inputOutput)
        case .text:
            try stream.write("refused: \(escaped(name)): \(errno.described)\n", orElse: .inputOutput)
            StandardError.write(advice(after: errno))
        }
    }

    /// Only what is decided before a file is touched can be asked of the policy alone.
    private func advice(after errno: Errno) -> String {
        switch errno {
        case .permissionDenied, .invalidArgument, .fileNameTooLong:
            let question = ([ShellWord.quoted(name)] + request.words).joined(separator: " ")
            return """
                The server's audit record says why: which rule, or which one is missing.
                So does, unless the file itself is why: openhook explain POLICY \(question)\n
                """
        default:
            return """
                The server's audit record says why: its `stage` and its `reason`.
                `openhook explain` does not know: it touches no file.\n
                """
        }
    }

    func granted(_ file: borrowing OwnedDescriptor) throws(Failure) {
        let flags: OpenFlags
        let status: FileStatus
        do throws(Errno) {
            flags = OpenFlags(rawValue: try file.statusFlags())
            status = try FileStatus.of(file, .synchronized)
        } catch {
            throw Failure(.inputOutput, "what came cannot be looked at: \(error.described)")
        }
        switch form {
        case .json: try stream.write(json(flags, status), orElse: .inputOutput)
        case .text: try stream.write(card(flags, status).text(on: .standard), orElse: .inputOutput)
        }
    }

    private func card(_ flags: OpenFlags, _ status: FileStatus) -> Card {
        var card = Card("granted: \(escaped(name))")
        card.add("flags", flags.description)
        card.add("kind", status.kind.word)
        if status.kind == .file { card.add("size", "\(status.size) bytes") }
        card.add("file", "device \(status.identity.text), inode \(status.identity.inode)")
        return card
    }

    private func json(_ flags: OpenFlags, _ status: FileStatus) -> JSONOutput {
        var fields = [JSONField("answer", "granted")]
        fields.add("name", bytes: name)
        fields += [
            JSONField("flags", .array(flags.words.map(JSONOutput.text))), JSONField("kind", status.kind.word),
            JSONField("size", .unsigned(status.size)), JSONField("device", status.identity.text),
            JSONField("inode", .unsigned(status.identity.inode)),
        ]
        return .object(fields)
    }
}

extension FileIdentity {
    /// The device's numbers as `stat(1)` and audit records have them.
    fileprivate var text: String { "\(deviceMajor):\(deviceMinor)" }
}

extension FileKind {
    fileprivate var word: String {
        switch self {
        case .file: "file"
        case .directory: "directory"
        case .blockDevice: "block"
        case .characterDevice: "char"
        case .fifo: "fifo"
        case .socket: "socket"
        case .symbolicLink: "symlink"
        case .unknown: "unknown"
        }
    }
}
