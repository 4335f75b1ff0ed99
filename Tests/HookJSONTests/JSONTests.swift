import HookJSON
import Testing

/// What is read from JSON text.
struct JSONTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let text: [UInt8]
        let value: JSONValue

        init(_ name: String, _ text: String, _ value: JSONValue) { self.init(name, Array(text.utf8), value) }

        init(_ name: String, _ text: [UInt8], _ value: JSONValue) {
            self.name = name
            self.text = text
            self.value = value
        }

        var testDescription: String { name }
    }

    static let rows = [
        Row("null", "null", .null),
        Row("true", " true\r\n", .boolean(true)),
        Row("false", "\tfalse", .boolean(false)),
        Row("zero", "0", .integer(0)),
        Row("minus zero", "-0", .integer(0)),
        Row("the least integer", "-9223372036854775808", .integer(.min)),
        Row("the greatest integer", "9223372036854775807", .integer(.max)),
        Row("one more", "9223372036854775808", .number(Array("9223372036854775808".utf8))),
        Row("a fraction", "1.50", .number(Array("1.50".utf8))),
        Row("an exponent", "-2E+7", .number(Array("-2E+7".utf8))),
        Row("an empty string", "\"\"", .string([])),
        Row("escapes", #""\"\\\/\b\f\n\r\t""#, .string([0x22, 0x5C, 0x2F, 8, 12, 10, 13, 9])),
        Row("an escaped NUL", #""\u0000""#, .string([0])),
        Row("an escape beyond ASCII", #""\u00e9\u20AC""#, .string(Array("é€".utf8))),
        Row("a surrogate pair", #""\ud83d\uDE00""#, .string(Array("😀".utf8))),
        Row("bytes that are no UTF-8", [0x22, 0xFF, 0xC0, 0x22], .string([0xFF, 0xC0])),
        Row("DEL", "\"\u{7F}\"", .string([0x7F])),
        Row("an empty array", "[ ]", .array([])),
        Row("an array", "[1 , [2],\"\"]", .array([.integer(1), .array([.integer(2)]), .string([])])),
        Row("an empty object", "{\n}", .object([])),
        Row(
            "members in their order", #"{"b":1, "a" : {"b":null}}"#,
            .object([
                JSONMember(name: Array("b".utf8), value: .integer(1)),
                JSONMember(
                    name: Array("a".utf8), value: .object([JSONMember(name: Array("b".utf8), value: .null)])),
            ])),
    ]

    @Test(arguments: rows) func `a value is read as it is written`(row: Row) throws {
        #expect(try JSONValue(parsing: row.text) == row.value)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let text: [UInt8]
        let error: JSONError

        init(_ name: String, _ text: String, _ defect: JSONError.Defect, at offset: Int) {
            self.name = name
            self.text = Array(text.utf8)
            error = JSONError(defect, at: offset)
        }

        var testDescription: String { name }
    }

    static let faults = [
        Fault("nothing", "", .unexpectedEnd, at: 0),
        Fault("blanks", "  ", .unexpectedEnd, at: 2),
        Fault("a word", "nil", .unexpectedByte, at: 1),
        Fault("a word that ends early", "tru", .unexpectedEnd, at: 3),
        Fault("two values", "1 2", .trailingBytes, at: 2),
        Fault("a NUL", "1\0", .trailingBytes, at: 1),
        Fault("a leading zero", "012", .invalidNumber, at: 0),
        Fault("a plus", "+1", .unexpectedByte, at: 0),
        Fault("a sign alone", "-", .invalidNumber, at: 0),
        Fault("a sign before a letter", "[-x]", .invalidNumber, at: 1),
        Fault("a point without digits", "1.", .invalidNumber, at: 0),
        Fault("an exponent without digits", "1e+", .invalidNumber, at: 0),
        Fault("a string that does not end", "\"abc", .unexpectedEnd, at: 4),
        Fault("an escape that does not end", "\"\\", .unexpectedEnd, at: 2),
        Fault("an unknown escape", "\"a\\x41\"", .invalidEscape, at: 2),
        Fault("an escape of no digits", "\"\\u00g0\"", .invalidEscape, at: 1),
        Fault("an escape of too few digits", "\"\\u00", .unexpectedEnd, at: 5),
        Fault("a high surrogate alone", "\"\\ud800\"", .loneSurrogate, at: 1),
        Fault("a low surrogate alone", "\"\\udc00\"", .loneSurrogate, at: 1),
        Fault("two high surrogates", "\"\\ud800\\ud800\"", .loneSurrogate, at: 1),
        Fault("a line feed in a string", "\"a\nb\"", .controlCharacter, at: 2),
        Fault("an array that does not end", "[1,", .unexpectedEnd, at: 3),
        Fault("a comma at the end", "[1,]", .unexpectedByte, at: 3),
        Fault("no comma", "[1 2]", .unexpectedByte, at: 3),
        Fault("a name that is no string", "{1:2}", .unexpectedByte, at: 1),
        Fault("no colon", "{\"a\" 1}", .unexpectedByte, at: 5),
        Fault("a member twice", "{\"a\":1,\"\\u0061\":2}", .repeatedMember, at: 7),
        Fault("a comment", "/* */1", .unexpectedByte, at: 0),
    ]

    @Test(arguments: faults) func `a defect is reported where it is`(fault: Fault) throws {
        #expect(throws: fault.error) { try JSONValue(parsing: fault.text) }
    }

    @Test func `a depth is read, and one more is not`() throws {
        let nested = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONError(.tooDeep, at: 64)) { try JSONValue(parsing: nested(65)) }
        // What an attacker would send: the stack is not what ends it.
        #expect(throws: JSONError(.tooDeep, at: 64)) {
            try JSONValue(parsing: [UInt8](repeating: 0x5B, count: 1 << 20))
        }
    }

    @Test func `arrays beside each other are no depth`() throws {
        let text = "[" + String(repeating: "[],", count: 1000) + "{}]"
        #expect(try JSONValue(parsing: Array(text.utf8), depth: 2).elements?.count == 1001)
    }

    @Test func `members are found by name, and nothing is found in what is no object`() throws {
        let value = try JSONValue(parsing: Array(#"{"a":[1,true],"b":"x"}"#.utf8))
        #expect(value["a"]?.elements?.first?.integer == 1)
        #expect(value["a"]?.elements?.last?.boolean == true)
        #expect(value["b"]?.bytes == Array("x".utf8))
        #expect(value["c"] == nil)
        #expect(value["b"]?["a"] == nil)
    }

    @Test(arguments: [
        (#"{"name":"/a"}"#, Array("/a".utf8)), (#"{"name":"/\u00fc"}"#, Array("/ü".utf8)),
        (#"{"name":"/\ufffd","name_hex":"2fff0a"}"#, [0x2F, 0xFF, 0x0A]), (#"{"name":"x","name_hex":""}"#, []),
        (#"{"name":"x","name_hex":"2"}"#, nil), (#"{"name":"x","name_hex":"2G"}"#, nil),
        (#"{"name":"x","name_hex":"2F"}"#, nil), (#"{"name":7}"#, nil), ("{}", nil), ("[]", nil),
    ])
    func `names of audit records are read byte for byte`(row: (text: String, bytes: [UInt8]?)) throws {
        #expect(try JSONValue(parsing: Array(row.text.utf8)).auditBytes("name") == row.bytes)
    }

    @Test func `an error says where in words`() {
        #expect(JSONError(.unexpectedEnd, at: 0).description == "no JSON: it ends too early at byte 1")
        #expect(
            JSONError(.repeatedMember, at: 7).description == "no JSON: an object with two members of one name at byte 8"
        )
    }

    @Test(arguments: 0..<64) func `no bytes stop the reader`(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let alphabet = Array(#"{}[]",:\u0019aeE+-. truefalsn"#.utf8) + [0, 0x0A, 0xFF]
        for _ in 0..<500 {
            var text: [UInt8] = []
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            _ = try? JSONValue(parsing: text, depth: 4)
        }
    }
}
