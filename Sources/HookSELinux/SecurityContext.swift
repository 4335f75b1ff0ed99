/// A SELinux context: `user:role:type` or `user:role:type:level`, as bytes, untranslated ("raw").
///
/// A value is always printable ASCII without blanks. That is a security property: libselinux passes contexts to the
/// kernel as words of one line, so a blank inside a context would let it supply the next word.
package struct SecurityContext: Hashable, Sendable {
    /// No longer context fits the kernel's page-sized answers.
    package static let longest = 4000

    /// The whole context, without a NUL.
    package let bytes: [UInt8]

    /// Takes bytes that have the form of a context. Whether the loaded policy knows it, the kernel says when asked.
    package init?(validating bytes: [UInt8]) {
        guard bytes.count <= Self.longest, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.bytes = bytes
        guard !user.isEmpty, !role.isEmpty, !type.isEmpty, level?.isEmpty != true else { return nil }
    }

    package var user: ArraySlice<UInt8> { field(0) ?? [] }
    package var role: ArraySlice<UInt8> { field(1) ?? [] }
    package var type: ArraySlice<UInt8> { field(2) ?? [] }

    /// Everything after the third colon, colons included (`s0:c1,c2`); nil where the policy has no levels.
    package var level: ArraySlice<UInt8>? { field(3) }

    /// The field with this number; the last one holds the rest.
    private func field(_ number: Int) -> ArraySlice<UInt8>? {
        var start = bytes.startIndex
        for _ in 0..<number {
            guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
            start = colon + 1
        }
        let end = number == 3 ? nil : bytes[start...].firstIndex(of: UInt8(ascii: ":"))
        return bytes[start..<(end ?? bytes.endIndex)]
    }

    /// Contexts are equal byte for byte; nothing is normalized.
    package static func == (one: SecurityContext, other: SecurityContext) -> Bool { one.bytes == other.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension SecurityContext: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The type as text, for rules that an administrator is told to add.
    var typeName: String { String(decoding: type, as: UTF8.self) }
}
