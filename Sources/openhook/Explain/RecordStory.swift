import HookJSON

/// An audit record, told in words.
struct RecordStory {
    /// Sentences, in the order in which things happened.
    let sentences: [String]
    /// The policy's line that would have granted it: the end of the story, and no sentence, because it is to be copied.
    let missingLine: String?
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
        let fields: RecordFields
        do throws(JSONError) { fields = try RecordFields(line) } catch { throw NoRecord(reason: "\(error)") }
        guard let event = fields["event"], let vm = fields["vm"] else {
            throw NoRecord(reason: "it has no `event` or no `vm`")
        }
        let teller = RecordTeller(fields: fields, event: event, vm: vm)
        sentences = teller.sentences
        missingLine = teller.missingLine
        self.event = event
        number = fields["request"]
        request = fields.bytes("name").flatMap { name in fields["flags"].map { (name, $0) } }
    }
}
