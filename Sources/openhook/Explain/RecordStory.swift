import HookJSON

/// An audit record, told in words.
struct RecordStory {
    /// Sentences, in the order in which things happened.
    let sentences: [String]
    /// What was asked, to be asked of a policy again; nil if the record is about no request.
    let request: (name: [UInt8], flags: String)?

    /// Why bytes are no record.
    struct NoRecord: Error {
        let reason: String
    }

    init(_ line: [UInt8]) throws(NoRecord) {
        let fields: RecordFields
        do throws(JSONError) { fields = try RecordFields(line) } catch { throw NoRecord(reason: "\(error)") }
        guard let event = fields["event"], let vm = fields["vm"] else {
            throw NoRecord(reason: "it has no `event` or no `vm`")
        }
        let teller = RecordTeller(fields: fields, event: event, vm: vm)
        sentences = teller.sentences
        request = fields.bytes("name").flatMap { name in fields["flags"].map { (name, $0) } }
    }
}
