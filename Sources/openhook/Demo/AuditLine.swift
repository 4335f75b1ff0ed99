/// One line of a server's records, read.
struct AuditLine {
    /// The line as it stands in the file.
    let bytes: [UInt8]
    private let fields: RecordFields

    /// Nil for what is no record.
    init?(_ bytes: [UInt8]) {
        guard let fields = try? RecordFields(bytes) else { return nil }
        self.bytes = bytes
        self.fields = fields
    }

    subscript(_ name: String) -> String? { fields[name] }
}
