internal import HookJSON

/// Options of QEMU, whichever of its two ways they were written in: `file.driver=file,file.filename=…` or JSON.
///
/// Both come down to keys with dots. A key is text of QEMU's own; a value is bytes that may be a name.
struct OptionTree: Equatable {
    private(set) var pairs: [(key: String, value: [UInt8])] = []

    static func == (left: OptionTree, right: OptionTree) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0.key == $1.key && $0.value == $1.value }
    }

    mutating func add(_ key: String, _ value: [UInt8]) { pairs.append((key, value)) }

    /// The value of a key; the last one counts, as for QEMU.
    subscript(_ key: String) -> [UInt8]? { pairs.last { $0.key == key }?.value }

    func text(_ key: String) -> String? { self[key].map { String(decoding: $0, as: UTF8.self) } }

    /// A switch; nil if it is not set, or set to no word that QEMU takes.
    func flag(_ key: String) -> Bool? {
        switch text(key) {
        case "on", "yes", "true", "y": true
        case "off", "no", "false", "n": false
        default: nil
        }
    }

    /// What stands beneath a key, without it and its dot.
    func beneath(_ key: String) -> OptionTree {
        var tree = OptionTree()
        for pair in pairs where pair.key.hasPrefix(key + ".") {
            tree.add(String(pair.key.dropFirst(key.count + 1)), pair.value)
        }
        return tree
    }

    var isEmpty: Bool { pairs.isEmpty }
}

// MARK: Reading

extension OptionTree {
    /// `first,key=value,…`, a comma in a value doubled; or JSON, where the option takes that.
    ///
    /// - Parameter implied: the key of a first value that stands without one: `qcow2` in `-blockdev qcow2,…`.
    init(reading text: [UInt8], implied: String? = nil) throws(JSONError) {
        if text.first == UInt8(ascii: "{") {
            add(try JSONValue(parsing: text), beneath: "")
            return
        }
        for (index, part) in OptionTree.parts(of: text).enumerated() {
            if let sign = part.firstIndex(of: UInt8(ascii: "=")) {
                add(String(decoding: part[..<sign], as: UTF8.self), Array(part[(sign + 1)...]))
            } else if index == 0, let implied {
                add(implied, part)
            } else if part.starts(with: Array("no".utf8)), part.count > 2 {
                // `nowait` is `wait=off`, and a key of that name would be as good: both are there to be found.
                add(String(decoding: part.dropFirst(2), as: UTF8.self), Array("off".utf8))
                add(String(decoding: part, as: UTF8.self), Array("on".utf8))
            } else if !part.isEmpty {
                add(String(decoding: part, as: UTF8.self), Array("on".utf8))
            }
        }
    }

    /// - Throws: never for a value that was read as JSON.
    init(_ value: JSONValue) { add(value, beneath: "") }

    /// Parts between commas; two commas are one that belongs to the part.
    private static func parts(of text: [UInt8]) -> [[UInt8]] {
        let comma = UInt8(ascii: ",")
        var parts: [[UInt8]] = [[]]
        var index = 0
        while index < text.count {
            if text[index] != comma {
                parts[parts.count - 1].append(text[index])
            } else if index + 1 < text.count, text[index + 1] == comma {
                parts[parts.count - 1].append(comma)
                index += 1
            } else {
                parts.append([])
            }
            index += 1
        }
        return parts
    }

    private mutating func add(_ value: JSONValue, beneath key: String) {
        func joined(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }
        switch value {
        case .object(let members):
            for member in members { add(member.value, beneath: joined(String(decoding: member.name, as: UTF8.self))) }
        case .array(let elements):
            for (index, element) in elements.enumerated() { add(element, beneath: joined("\(index)")) }
        case .string(let bytes): add(key, bytes)
        case .integer(let integer): add(key, Array(String(integer).utf8))
        case .number(let text): add(key, text)
        case .boolean(let flag): add(key, Array((flag ? "on" : "off").utf8))
        // `"backing": null` says that there is none.
        case .null: add(key, [])
        }
    }
}
