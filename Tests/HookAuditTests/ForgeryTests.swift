import Foundation
import HookAudit
import Testing

/// A name that a guest may choose, and what the line has for it.
struct Forgery: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let name: [UInt8]
    /// The JSON of the field or fields.
    let field: String

    init(_ what: String, _ name: [UInt8], _ field: String) {
        testDescription = what
        self.name = name
        self.field = field
    }

    init(_ what: String, _ name: String, _ field: String) { self.init(what, Array(name.utf8), field) }
}

@Suite struct `A name` {
    static let forgeries: [Forgery] = [
        .init("a plain name", "/a b", #""name":"/a b""#),
        .init("letters of other languages", "/Käse/東京/😀", #""name":"/Käse/東京/😀""#),
        .init("a new line", "/a\n{\"event\":\"opened\"}", #""name":"/a\u000a{\"event\":\"opened\"}""#),
        .init("a quote that ends the string", #"/a","event":"opened"#, #""name":"/a\",\"event\":\"opened""#),
        .init("a backslash before the quote", #"/a\"#, #""name":"/a\\""#),
        .init("a terminal's escape sequence", "/a\u{1B}[2K", #""name":"/a\u001b[2K""#),
        .init("carriage return, backspace, DEL", "/a\r\u{8}\u{7F}", #""name":"/a\u000d\u0008\u007f""#),
        .init("a C1 control (CSI)", "/a\u{9B}2K", #""name":"/a\u009b2K""#),
        .init("line and paragraph separators", "/a\u{2028}\u{2029}", #""name":"/a\u2028\u2029""#),
        .init("right-to-left override", "/a\u{202E}2wocq", #""name":"/a\u202e2wocq""#),
        .init("isolates and marks", "\u{2066}\u{2069}\u{200F}\u{61C}", #""name":"\u2066\u2069\u200f\u061c""#),
        .init("nothing to see", "a\u{200B}\u{FEFF}\u{AD}\u{2060}", #""name":"a\u200b\ufeff\u00ad\u2060""#),
        .init("a tag beyond 16 bits", "a\u{E0041}", #""name":"a\udb40\udc41""#),
        .init("an empty name", "", #""name":"""#),
        .init("a byte that is no UTF-8", [0x2F, 0xFF, 0x61], #""name":"/\#u{FFFD}a","name_hex":"2fff61""#),
        .init("Latin-1", [0x4B, 0xE4, 0x73], #""name":"K\#u{FFFD}s","name_hex":"4be473""#),
        .init("an overlong slash", [0xC0, 0xAF], #""name":"\#u{FFFD}\#u{FFFD}","name_hex":"c0af""#),
        .init(
            "an overlong three-byte quote", [0xE0, 0x80, 0xA2],
            #""name":"\#u{FFFD}\#u{FFFD}\#u{FFFD}","name_hex":"e080a2""#),
        .init("a surrogate", [0xED, 0xA0, 0x80], #""name":"\#u{FFFD}\#u{FFFD}\#u{FFFD}","name_hex":"eda080""#),
        .init(
            "beyond the last character", [0xF4, 0x90, 0x80, 0x80],
            #""name":"\#u{FFFD}\#u{FFFD}\#u{FFFD}\#u{FFFD}","name_hex":"f4908080""#),
        .init("cut in a character", [0x61, 0xE2, 0x82], #""name":"a\#u{FFFD}\#u{FFFD}","name_hex":"61e282""#),
        .init("a quote inside a cut character", [0xE2, 0x22], #""name":"\#u{FFFD}\"","name_hex":"e222""#),
        .init("a NUL, should one ever come here", [0x61, 0x00], #""name":"a\u0000""#),
    ]

    @Test(arguments: forgeries)
    func `forges no line, and its bytes come back`(forgery: Forgery) throws {
        let trail = try Trail()
        var record = record(.refused)
        record.name = forgery.name
        try trail.sink.record(record, urgency: .beforeAnswer)
        #expect(
            try trail.text()
                == #"{"time":"2026-07-01T12:34:56.789012Z","vm":"web01","generation":3,"event":"refused",\#(forgery.field)}"#
                + "\n")
        #expect(try bytes(of: "name", in: object(trail.lines()[0])) == forgery.name)
    }

    @Test func `of any bytes comes back, and stays on one line`() throws {
        var random = SystemRandomNumberGenerator()
        for count in [1, 2, 3, 255, 4095] {
            let trail = try Trail()
            var record = record(.refused)
            record.name = (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
            record.vm = (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
            try trail.sink.record(record, urgency: .beforeAnswer)
            let text = try trail.text()
            #expect(text.utf8.filter { $0 == 0x0A }.count == 1)
            let found = try object(text)
            #expect(try bytes(of: "name", in: found) == record.name)
            #expect(try bytes(of: "vm", in: found) == record.vm)
        }
    }

    @Test func `of every single character is parsed back`() throws {
        let trail = try Trail()
        var record = record(.refused)
        let scalars = (1...0x10FFFF).lazy.filter { $0 < 0x3000 || $0 % 97 == 0 }.compactMap(Unicode.Scalar.init)
        record.reason = Array(String(String.UnicodeScalarView(scalars)).utf8)
        try trail.sink.record(record, urgency: .beforeAnswer)
        #expect(try bytes(of: "reason", in: object(trail.lines()[0])) == record.reason)
    }

    /// The exact bytes of a field: those of `name_hex` if there is one, else those of the string.
    private func bytes(of field: String, in record: [String: Any]) throws -> [UInt8]? {
        guard let hex = record[field + "_hex"] as? String else {
            return (record[field] as? String).map { Array($0.utf8) }
        }
        let digits = hex.map { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
