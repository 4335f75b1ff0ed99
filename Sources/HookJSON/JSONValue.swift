/// One JSON value (RFC 8259), as it was written: members in their order, strings as bytes.
package enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int64)
    /// Any other number, as it is written: this project counts and never measures.
    case number([UInt8])
    /// Escapes are resolved. What stands in the text as it is stays as it is, whether it is UTF-8 or not.
    case string([UInt8])
    case array([JSONValue])
    case object([JSONMember])
}

/// A member of an object. No object has two of the same name: which of them counts would be anyone's guess.
package struct JSONMember: Sendable, Equatable {
    package let name: [UInt8]
    package let value: JSONValue

    package init(name: [UInt8], value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// Reads bytes that are one value, and blanks around it.
    ///
    /// - Parameter depth: how deep arrays and objects may lie in each other; reading uses the stack.
    /// - Throws: what is wrong first, and where.
    package init(parsing bytes: borrowing Span<UInt8>, depth: Int = 64) throws(JSONError) {
        var reader = JSONReader(depth: depth)
        self = try reader.document(in: bytes)
    }

    package init(parsing bytes: [UInt8], depth: Int = 64) throws(JSONError) {
        try self.init(parsing: bytes.span, depth: depth)
    }

    /// A member of an object; nil if there is none, or if the value is no object.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// The bytes of a string; nil for anything else.
    package var bytes: [UInt8]? {
        guard case .string(let bytes) = self else { return nil }
        return bytes
    }

    /// Nil for anything but an integer.
    package var integer: Int64? {
        guard case .integer(let integer) = self else { return nil }
        return integer
    }

    /// Nil for anything but `true` and `false`.
    package var boolean: Bool? {
        guard case .boolean(let boolean) = self else { return nil }
        return boolean
    }

    /// Nil for anything but an array.
    package var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}
