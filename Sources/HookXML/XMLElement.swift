/// An element of an XML document: what it is called, what it says, and what is in it.
///
/// Names and values are bytes, in UTF-8 whatever the document's encoding was.
package struct XMLElement: Sendable, Equatable {
    /// Without the prefix.
    package let name: [UInt8]
    /// The namespace's address; empty without one.
    package let namespace: [UInt8]
    package let attributes: [Attribute]
    package internal(set) var children: [XMLElement] = []
    /// The text in it, all pieces joined; not what is in its children.
    package internal(set) var text: [UInt8] = []

    package struct Attribute: Sendable, Equatable {
        package let name: [UInt8]
        package let value: [UInt8]
    }

    /// The value of an attribute without a namespace; nil if there is none of that name.
    package func attribute(_ name: String) -> [UInt8]? {
        attributes.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    /// Whether it is called so, in no namespace.
    package func isCalled(_ name: String) -> Bool {
        namespace.isEmpty && self.name.elementsEqual(name.utf8)
    }

    /// The first child of a name, in no namespace.
    package func child(_ name: String) -> XMLElement? {
        children.first { $0.isCalled(name) }
    }

    package func children(_ name: String) -> [XMLElement] {
        children.filter { $0.isCalled(name) }
    }

    /// The text without blanks around it.
    package var trimmedText: [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        let rest = text.drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return [] }
        return Array(rest[...last])
    }
}
