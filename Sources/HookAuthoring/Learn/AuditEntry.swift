import HookJSON
package import HookWire

/// A line of an audit trail, as far as it says what was asked and answered.
package struct AuditEntry: Sendable {
    package enum Event: Sendable {
        /// A server began: its requests are numbered from 1.
        case started
        /// A missing file is about to be made. The answer is in a later record of the same request.
        case creating
        /// A rule granted it.
        case opened
        /// `would-deny`: a `learn` statement let it through.
        case learned
        case refused
        /// `connection-refused`
        case connectionRefused
        /// What is no answer to a request.
        case other
    }

    /// The number of the line, from 1.
    package let line: Int
    package let event: Event
    package let vm: [UInt8]
    /// Ties the records of one request together.
    let request: Int64?
    package let operation: LoggedOperation
    /// As a client sent it.
    package let name: [UInt8]
    /// The kernel's name of what was opened, or found.
    package let object: [UInt8]?
    /// `O_` flags, as far as the request needed them: see ``CreationTrace``. None for what is no open.
    package internal(set) var flags: OpenFlags
    /// The stage that refused.
    package let stage: [UInt8]?
    package let reason: [UInt8]?
    /// Whether the record names a line that would have granted it.
    package let hasSuggestion: Bool

    /// The name that a link led to, where that is what decided: it was granted, or lacked a rule.
    var realName: [UInt8]? {
        guard let object, object != name else { return nil }
        switch event {
        case .opened, .learned: return object
        case .refused: return hasSuggestion && isAboutObject ? object : nil
        case .started, .creating, .connectionRefused, .other: return nil
        }
    }

    /// Whether it was refused when the object was known, rather than for the name alone.
    var isAboutObject: Bool {
        stage.map { $0.elementsEqual("object".utf8) || $0.elementsEqual("create".utf8) } ?? false
    }

    /// How many requests it stands for.
    package let count: Int
    package let time: [UInt8]?
    package let peerPid: Int64?

    /// Why a line says nothing.
    package enum Defect: Error, Sendable {
        /// It is no JSON, or lacks what every record has.
        case noRecord
    }

    init(
        line number: Int, parsing bytes: borrowing Span<UInt8>, _ known: inout KnownFlags
    ) throws(Defect) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes, depth: 4) } catch { throw .noRecord }
        guard let vm = value.auditBytes("vm"), let word = value["event"]?.bytes else { throw .noRecord }
        line = number
        self.vm = vm
        event = Event(word)
        time = value["time"]?.bytes
        peerPid = value["peer_pid"]?.integer
        reason = value["reason"]?.bytes
        request = value["request"]?.integer
        operation = LoggedOperation(value["operation"]?.bytes)
        guard event.isOfRequest else {
            (name, object, flags, stage, hasSuggestion, count) = ([], nil, [], nil, false, 1)
            return
        }
        guard let name = value.auditBytes("name") else { throw .noRecord }
        self.name = name
        flags = operation == .open ? try Self.flags(of: value, &known) : []
        object = value.auditBytes("object")
        stage = value["stage"]?.bytes
        hasSuggestion = value["add"] != nil
        count = Int(clamping: max(1, value["repeated"]?.integer ?? 1))
    }
}

extension AuditEntry {
    private static func flags(of record: JSONValue, _ known: inout KnownFlags) throws(Defect) -> OpenFlags {
        guard let text = record["flags"]?.bytes else { throw .noRecord }
        if let flags = known.flags(text) { return flags }
        // An access mode that is none has no word: such a request is refused for its flags.
        guard record["stage"]?.bytes?.elementsEqual("flags".utf8) == true else { throw .noRecord }
        return .accessMode
    }
}

extension AuditEntry.Event {
    fileprivate init(_ word: [UInt8]) {
        switch String(decoding: word, as: UTF8.self) {
        case "started": self = .started
        case "creating": self = .creating
        case "opened": self = .opened
        case "would-deny": self = .learned
        case "refused": self = .refused
        case "connection-refused": self = .connectionRefused
        default: self = .other
        }
    }

    /// Whether the record says what was asked for.
    fileprivate var isOfRequest: Bool {
        switch self {
        case .creating, .opened, .learned, .refused: true
        case .started, .connectionRefused, .other: false
        }
    }
}

/// Open flags in words, the last ones remembered: a guest opens with the same ones again and again.
struct KnownFlags {
    private var known: [[UInt8]: OpenFlags] = [:]

    private static let most = 64

    /// Nil if the words are none.
    mutating func flags(_ text: [UInt8]) -> OpenFlags? {
        if let flags = known[text] { return flags }
        guard let flags = try? OpenFlags(parsing: String(decoding: text, as: UTF8.self)) else { return nil }
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[text] = flags
        return flags
    }
}
