/// Reads one document. It stops at the first defect, allocates no more than it has read, and no byte can make it trap.
struct JSONReader {
    /// Where the next byte to be read stands.
    var offset = 0
    private var depthLeft: Int

    init(depth: Int) { depthLeft = depth }

    mutating func document(in bytes: borrowing Span<UInt8>) throws(JSONError) -> JSONValue {
        skipBlanks(in: bytes)
        let value = try value(in: bytes)
        skipBlanks(in: bytes)
        guard offset == bytes.count else { throw JSONError(.trailingBytes, at: offset) }
        return value
    }

    private mutating func value(in bytes: borrowing Span<UInt8>) throws(JSONError) -> JSONValue {
        switch try peek(in: bytes) {
        case UInt8(ascii: "{"): return .object(try members(in: bytes))
        case UInt8(ascii: "["): return .array(try elements(in: bytes))
        case UInt8(ascii: "\""): return .string(try string(in: bytes))
        case UInt8(ascii: "t"): return try word("true", .boolean(true), in: bytes)
        case UInt8(ascii: "f"): return try word("false", .boolean(false), in: bytes)
        case UInt8(ascii: "n"): return try word("null", .null, in: bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(in: bytes)
        default: throw JSONError(.unexpectedByte, at: offset)
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue, in bytes: borrowing Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        for letter in word.description.utf8 { try expect(letter, in: bytes) }
        return value
    }

    // MARK: What holds other values

    private mutating func elements(in bytes: borrowing Span<UInt8>) throws(JSONError) -> [JSONValue] {
        try descend()
        defer { depthLeft += 1 }
        offset += 1
        var elements: [JSONValue] = []
        skipBlanks(in: bytes)
        if try take(UInt8(ascii: "]"), in: bytes) { return elements }
        while true {
            skipBlanks(in: bytes)
            elements.append(try value(in: bytes))
            skipBlanks(in: bytes)
            if try take(UInt8(ascii: "]"), in: bytes) { return elements }
            try expect(UInt8(ascii: ","), in: bytes)
        }
    }

    private mutating func members(in bytes: borrowing Span<UInt8>) throws(JSONError) -> [JSONMember] {
        try descend()
        defer { depthLeft += 1 }
        offset += 1
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        skipBlanks(in: bytes)
        if try take(UInt8(ascii: "}"), in: bytes) { return members }
        while true {
            skipBlanks(in: bytes)
            let start = offset
            guard try peek(in: bytes) == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: offset) }
            let name = try string(in: bytes)
            guard names.insert(name).inserted else { throw JSONError(.repeatedMember, at: start) }
            skipBlanks(in: bytes)
            try expect(UInt8(ascii: ":"), in: bytes)
            skipBlanks(in: bytes)
            members.append(JSONMember(name: name, value: try value(in: bytes)))
            skipBlanks(in: bytes)
            if try take(UInt8(ascii: "}"), in: bytes) { return members }
            try expect(UInt8(ascii: ","), in: bytes)
        }
    }

    private mutating func descend() throws(JSONError) {
        guard depthLeft > 0 else { throw JSONError(.tooDeep, at: offset) }
        depthLeft -= 1
    }

    // MARK: Single bytes

    func peek(in bytes: borrowing Span<UInt8>) throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        return bytes[offset]
    }

    private mutating func take(_ byte: UInt8, in bytes: borrowing Span<UInt8>) throws(JSONError) -> Bool {
        guard try peek(in: bytes) == byte else { return false }
        offset += 1
        return true
    }

    mutating func expect(_ byte: UInt8, in bytes: borrowing Span<UInt8>) throws(JSONError) {
        guard try take(byte, in: bytes) else { throw JSONError(.unexpectedByte, at: offset) }
    }

    private mutating func skipBlanks(in bytes: borrowing Span<UInt8>) {
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): offset += 1
            default: return
            }
        }
    }
}
