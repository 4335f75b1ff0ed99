import HookJSON
import HookPolicy

/// An audit record, told in words.
struct RecordStory {
    /// Sentences, in the order in which things happened.
    let sentences: [String]
    /// What was asked, to be asked of a policy again; nil if the record is about no request.
    let request: (name: [UInt8], flags: String)?
    let event: String
    /// Ties the records of one request together.
    let number: String?

    /// Why bytes are no record.
    struct NoRecord: Error {
        let reason: String
    }

    init(_ line: [UInt8]) throws(NoRecord) {
        let value: HookJSON.JSONValue
        do throws(JSONError) { value = try HookJSON.JSONValue(parsing: line, depth: 4) } catch {
            throw NoRecord(reason: "\(error)")
        }
        let fields = RecordFields(value)
        guard let event = fields["event"], let vm = fields["vm"] else {
            throw NoRecord(reason: "it has no `event` or no `vm`")
        }
        let teller = RecordTeller(fields: fields, event: event, vm: vm)
        sentences = teller.sentences
        self.event = event
        number = fields["request"]
        request = fields.bytes("name").flatMap { name in fields["flags"].map { (name, $0) } }
    }
}

/// A record's fields as text that is safe to show.
struct RecordFields {
    private let value: HookJSON.JSONValue

    init(_ value: HookJSON.JSONValue) { self.value = value }

    /// A string or a number; names that are not UTF-8 from their exact bytes.
    subscript(_ name: String) -> String? {
        if let bytes = bytes(name) { return escaped(bytes) }
        return value[name]?.integer.map(String.init)
    }

    /// A string's bytes: of `name_hex`, if that is there.
    func bytes(_ name: String) -> [UInt8]? {
        guard let digits = value[name + "_hex"]?.bytes else { return value[name]?.bytes }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
