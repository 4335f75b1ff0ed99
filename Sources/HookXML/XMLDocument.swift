internal import CLibXML2

/// Reads XML, by libxml2.
///
/// Nothing but the bytes given is looked at: no network, no file, no document type, no entity but the five of XML
/// itself. What is longer, deeper or more than the limits is refused as a whole.
package enum XMLDocument {
    /// The root element.
    ///
    /// The corresponding functions are `xmlReaderForMemory` and `xmlTextReaderRead`.
    package static func root(of bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLError) -> XMLElement {
        guard bytes.count <= limits.bytes else { throw XMLError(defect: .tooLong(limit: limits.bytes), line: nil) }
        // A NUL would end the text for the library, which keeps strings of C.
        if let place = bytes.firstIndex(of: 0) {
            let line = bytes[..<place].count { $0 == UInt8(ascii: "\n") } + 1
            throw XMLError(defect: .malformed("a NUL byte"), line: line)
        }
        guard bytes.contains(where: { !blanks.contains($0) }) else {
            throw XMLError(defect: .malformed("the document is empty"), line: nil)
        }
        let result = unsafe bytes.withUnsafeBytes { room -> Result<XMLElement, XMLError> in
            guard
                let text = unsafe room.baseAddress?.assumingMemoryBound(to: CChar.self),
                let reader = unsafe xmlReaderForMemory(text, CInt(clamping: room.count), nil, nil, readerOptions)
            else { return .failure(XMLError(defect: .unreadable, line: nil)) }
            var cursor = unsafe XMLCursor(reader, limits)
            defer { unsafe xmlFreeTextReader(reader) }
            do throws(XMLError) { return .success(try cursor.readDocument()) } catch {
                return .failure(explained(error, bytes))
            }
        }
        return try result.get()
    }

    private static let blanks = Array(" \t\r\n".utf8)

    /// What a document type declares can fail before the reader comes to the declaration as a node. Then the
    /// declaration is what is to be known.
    private static func explained(_ error: XMLError, _ bytes: [UInt8]) -> XMLError {
        let mark = Array("<!DOCTYPE".utf8)
        let declares = bytes.indices.contains { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
        guard case .malformed = error.defect, declares else { return error }
        return XMLError(defect: .documentType, line: nil)
    }

    /// Not among them: what loads or replaces something, and what lifts the library's own limits.
    private static let readerOptions = CInt(
        bitPattern: XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NOCDATA.rawValue)
}

/// The walk over one document. The reader outlives it: `root` frees it afterwards.
@safe private struct XMLCursor: ~Copyable {
    private let reader: xmlTextReaderPtr
    private let limits: XMLLimits
    /// The elements that are open, the root first.
    private var open: [XMLElement] = []
    private var count = 0

    init(_ reader: xmlTextReaderPtr, _ limits: XMLLimits) {
        unsafe self.reader = reader
        self.limits = limits
    }

    mutating func readDocument() throws(XMLError) -> XMLElement {
        xmlResetLastError()
        var root: XMLElement?
        while true {
            switch unsafe xmlTextReaderRead(reader) {
            case 1: if let closed = try readNode() { root = closed }
            case 0:
                guard let root else { throw error(.malformed("there is no element")) }
                return root
            default: throw libraryError()
            }
        }
    }

    /// - Returns: the root element, if this node ends it.
    private mutating func readNode() throws(XMLError) -> XMLElement? {
        switch unsafe UInt32(bitPattern: xmlTextReaderNodeType(reader)) {
        case XML_READER_TYPE_ELEMENT.rawValue:
            try openElement()
            return unsafe xmlTextReaderIsEmptyElement(reader) == 1 ? closeElement() : nil
        case XML_READER_TYPE_END_ELEMENT.rawValue: return closeElement()
        case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue,
            XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue:
            if !open.isEmpty { open[open.count - 1].text += unsafe bytes(xmlTextReaderConstValue(reader)) }
            return nil
        case XML_READER_TYPE_DOCUMENT_TYPE.rawValue: throw XMLError(defect: .documentType, line: nil)
        // Without a document type there are none but those of XML itself, which the library replaces.
        case XML_READER_TYPE_ENTITY_REFERENCE.rawValue: throw error(.malformed("an undeclared entity"))
        default: return nil
        }
    }

    private mutating func openElement() throws(XMLError) {
        guard open.count < limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
        count += 1
        guard count <= limits.elements else { throw error(.tooManyElements(limit: limits.elements)) }
        let name = unsafe bytes(xmlTextReaderConstLocalName(reader))
        let namespace = unsafe bytes(xmlTextReaderConstNamespaceUri(reader))
        // A self-closing element is known as one before its attributes are walked.
        let attributes = readAttributes()
        open.append(XMLElement(name: name, namespace: namespace, attributes: attributes))
    }

    private func readAttributes() -> [XMLElement.Attribute] {
        var attributes: [XMLElement.Attribute] = []
        while unsafe xmlTextReaderMoveToNextAttribute(reader) == 1 {
            guard unsafe xmlTextReaderIsNamespaceDecl(reader) != 1, unsafe xmlTextReaderConstPrefix(reader) == nil
            else { continue }
            attributes.append(
                XMLElement.Attribute(
                    name: unsafe bytes(xmlTextReaderConstLocalName(reader)),
                    value: unsafe bytes(xmlTextReaderConstValue(reader))))
        }
        _ = unsafe xmlTextReaderMoveToElement(reader)
        return attributes
    }

    private mutating func closeElement() -> XMLElement? {
        guard let closed = open.popLast() else { return nil }
        guard !open.isEmpty else { return closed }
        open[open.count - 1].children.append(closed)
        return nil
    }

    // MARK: What the library says

    private var line: Int { unsafe Int(xmlTextReaderGetParserLineNumber(reader)) }

    private func error(_ defect: XMLError.Defect) -> XMLError { XMLError(defect: defect, line: line) }

    private func libraryError() -> XMLError {
        guard let last = unsafe xmlGetLastError(), let message = unsafe last.pointee.message else {
            return error(.unreadable)
        }
        let text = unsafe String(cString: message).split(separator: "\n").first.map(String.init) ?? ""
        let line = unsafe Int(last.pointee.line)
        return XMLError(defect: .malformed(XMLCursor.printable(text)), line: line)
    }

    /// The library quotes the document, and the document may be meant to move a terminal's cursor.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }))
    }

    /// A string of the library's, up to its NUL.
    private func bytes(_ text: UnsafePointer<xmlChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text))))
    }
}
