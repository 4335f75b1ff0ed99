/// Why bytes are no JSON.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Defect: Sendable, Equatable {
        /// The bytes end inside of a value, or before there is one.
        case unexpectedEnd
        /// A byte that nothing can begin with, or go on with, here.
        case unexpectedByte
        /// Something stands behind the value.
        case trailingBytes
        case invalidEscape
        /// Half of a pair of `\u` escapes without the other half: no character.
        case loneSurrogate
        /// A control character in a string has to be escaped.
        case controlCharacter
        case invalidNumber
        /// An object has two members of the same name.
        case repeatedMember
        /// Arrays and objects lie deeper in each other than the reader goes.
        case tooDeep
    }

    package let defect: Defect
    /// How many bytes stand before the place.
    package let offset: Int

    package init(_ defect: Defect, at offset: Int) {
        self.defect = defect
        self.offset = offset
    }

    package var description: String { "no JSON: \(text) at byte \(offset + 1)" }

    private var text: String {
        switch defect {
        case .unexpectedEnd: "it ends too early"
        case .unexpectedByte: "an unexpected character"
        case .trailingBytes: "something behind its end"
        case .invalidEscape: "an unknown escape"
        case .loneSurrogate: "half of a pair of \\u escapes"
        case .controlCharacter: "a control character in a string"
        case .invalidNumber: "a malformed number"
        case .repeatedMember: "an object with two members of one name"
        case .tooDeep: "arrays and objects too deep in each other"
        }
    }
}
