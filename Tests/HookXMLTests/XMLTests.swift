import HookXML
import Testing

/// What is read from XML, and what is not.
struct XMLTests {
    private func read(_ text: String, _ limits: XMLLimits = XMLLimits()) throws(XMLError) -> XMLElement {
        try XMLDocument.root(of: Array(text.utf8), limits: limits)
    }

    @Test func `elements, attributes and texts are read as they are written`() throws {
        let root = try read(
            """
            <?xml version="1.0"?>
            <!-- a comment -->
            <a x='1' y="&lt;&#x41;&quot;">
              one <b/><b z=""> two </b><![CDATA[<three>]]>
            </a>
            """)
        #expect(root.isCalled("a"))
        #expect(root.attribute("x") == Array("1".utf8))
        #expect(root.attribute("y") == Array("<A\"".utf8))
        #expect(root.attribute("z") == nil)
        #expect(root.children("b").count == 2)
        #expect(root.child("b")?.children == [])
        #expect(root.children("b")[1].attribute("z") == [])
        #expect(root.children("b")[1].trimmedText == Array("two".utf8))
        #expect(root.trimmedText == Array("one <three>".utf8))
    }

    @Test func `a namespace is told from none`() throws {
        let root = try read(#"<a xmlns:q="http://x/1"><q:b q:v="1" w="2"/><b/></a>"#)
        #expect(root.child("b")?.attributes == [])
        #expect(root.children[0].namespace == Array("http://x/1".utf8))
        #expect(root.children[0].name == Array("b".utf8))
        #expect(root.children[0].attribute("w") == Array("2".utf8))
        #expect(root.children[0].attribute("v") == nil)
    }

    @Test func `names of other encodings come as UTF-8`() throws {
        let bytes = Array(#"<?xml version="1.0" encoding="ISO-8859-1"?><a x=""#.utf8) + [0xE9] + Array(#""/>"#.utf8)
        #expect(try XMLDocument.root(of: bytes).attribute("x") == Array("é".utf8))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let message: String

        var testDescription: String { name }
    }

    static let faults = [
        Fault(name: "nothing", text: "", message: "no XML: the document is empty"),
        Fault(name: "blanks", text: "  \n", message: "no XML: the document is empty"),
        Fault(name: "a NUL", text: "<a>\n\0</a>", message: "no XML: a NUL byte (line 2)"),
        Fault(
            name: "an end that does not fit", text: "<a>\n<b></a>",
            message: "no XML: Opening and ending tag mismatch: b line 2 and a (line 2)"),
        Fault(
            name: "two roots", text: "<a/>\n<b/>",
            message: "no XML: Extra content at the end of the document (line 2)"),
        Fault(
            name: "an undeclared entity", text: "<a>&b;</a>", message: "no XML: Entity 'b' not defined (line 1)"),
        Fault(
            name: "a document type", text: "<!DOCTYPE a>\n<a/>",
            message: "a document type declaration (<!DOCTYPE …>): a domain has none, and none is read"),
        Fault(
            name: "a name that moves the cursor", text: "<a><\u{1B}[2J/></a>",
            message: "no XML: StartTag: invalid element name (line 1)"),
    ]

    @Test(arguments: faults) func `what is no XML is refused with a reason`(fault: Fault) {
        let error = #expect(throws: XMLError.self) { try read(fault.text) }
        #expect(error?.description == fault.message)
    }

    /// Nine levels of ten references each: 10^9 times the text.
    private static func bomb(in place: String) -> String {
        var text = "<!DOCTYPE a [<!ENTITY e0 \"lol\">"
        for level in 1...9 {
            text += "<!ENTITY e\(level) \"" + String(repeating: "&e\(level - 1);", count: 10) + "\">"
        }
        return text + "]>\n" + place
    }

    @Test(arguments: ["<a>&e9;</a>", "<a x='&e9;'/>"]) func `an entity bomb does not go off`(place: String) {
        let error = #expect(throws: XMLError.self) { try read(Self.bomb(in: place)) }
        #expect(error?.defect == .documentType)
    }

    @Test(
        arguments: [
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
            "<!DOCTYPE a [<!ENTITY % e SYSTEM 'file:///etc/passwd'> %e;]><a/>",
        ])
    func `no entity reads a file`(text: String) {
        let error = #expect(throws: XMLError.self) { try read(text) }
        #expect(error?.defect == .documentType)
    }

    @Test func `limits hold`() throws {
        var limits = XMLLimits()
        limits.bytes = 20
        #expect(throws: XMLError(defect: .tooLong(limit: 20), line: nil)) {
            try read("<a>" + String(repeating: " ", count: 20) + "</a>", limits)
        }
        limits = XMLLimits()
        limits.depth = 2
        _ = try read("<a><b/><b/></a>", limits)
        #expect(throws: XMLError(defect: .tooDeep(limit: 2), line: 1)) { try read("<a><b><c/></b></a>", limits) }
        limits = XMLLimits()
        limits.elements = 3
        _ = try read("<a><b/><b/></a>", limits)
        #expect(throws: XMLError(defect: .tooManyElements(limit: 3), line: 1)) {
            try read("<a><b/><b/><b/></a>", limits)
        }
    }

    @Test func `ten megabytes are refused before they are read`() {
        let bytes = Array("<a>".utf8) + [UInt8](repeating: 0x20, count: 10 << 20) + Array("</a>".utf8)
        #expect(throws: XMLError(defect: .tooLong(limit: 4 << 20), line: nil)) {
            try XMLDocument.root(of: bytes)
        }
    }
}
