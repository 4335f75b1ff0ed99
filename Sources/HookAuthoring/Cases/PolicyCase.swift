package import HookPolicy

/// A line of a file of cases: what a policy is expected to say to one request.
///
///     allow rw web01.qcow2's full name      it must be granted
///     deny  ro /srv/images/web02.qcow2      it must be refused
///     allow create /srv/images/snap.qcow2   a missing file must be made (with `rw`, if no access is written)
///     deny  rw /srv/images/base.qcow2 line 12
package struct PolicyCase: Sendable {
    package enum Expectation: String, Sendable, CaseIterable {
        case allow, deny
    }

    /// The rule that must decide.
    package struct ExpectedLine: Sendable, Equatable {
        /// The end of its file's name; nil: the policy's own file.
        package let file: [UInt8]?
        package let line: Int
    }

    package let expectation: Expectation
    package let access: Access
    package let creates: Bool
    /// As a client would send it.
    package let name: [UInt8]
    package let line: ExpectedLine?
    package let span: SourceSpan
}

extension PolicyCase {
    /// Reads a file of cases, and reports all that is wrong with it.
    ///
    /// - Parameter policy: whose variables the file may use.
    package static func read(_ text: [UInt8], for policy: Policy) -> (cases: [PolicyCase], errors: [Diagnostic]) {
        var (lines, errors) = PlainLine.read(text, variablesOf: policy)
        var cases: [PolicyCase] = []
        for line in lines {
            do throws(Diagnostic) { cases.append(try PolicyCase(line)) } catch { errors.append(error) }
        }
        return (cases, errors.sorted { $0.span < $1.span })
    }

    private static let usage = "expected `allow|deny [ro|wo|rw] [create] NAME [line N]`"

    private init(_ line: PlainLine) throws(Diagnostic) {
        var words = line.words[...]
        let first = words.removeFirst()
        guard let expectation = Expectation.allCases.first(where: { first.isBare($0.rawValue) }) else {
            throw Diagnostic(
                .error, at: first.span, "unknown word `\(first.shown)`: a case begins with `allow` or `deny`")
        }
        self.expectation = expectation
        let stated = words.first.flatMap { word in Access.allCases.first { word.isBare($0.word) } }
        if stated != nil { words.removeFirst() }
        creates = words.first?.isBare("create") == true
        if creates { words.removeFirst() }
        guard let access = stated ?? (creates ? .readWrite : nil) else {
            guard let word = words.first else { throw Diagnostic(.error, at: line.span, Self.usage) }
            throw Diagnostic(.error, at: word.span, "expected `ro`, `wo`, `rw` or `create`, not `\(word.shown)`")
        }
        self.access = access
        guard let name = words.popFirst() else { throw Diagnostic(.error, at: line.span, Self.usage) }
        self.name = name.bytes
        span = line.span
        guard let word = words.popFirst() else {
            self.line = nil
            return
        }
        guard word.isBare("line"), let number = words.popFirst() else {
            throw Diagnostic(.error, at: word.span, "nothing but `line N` is expected after the name")
        }
        self.line = try ExpectedLine(number)
        if let extra = words.first { throw Diagnostic(.error, at: extra.span, "nothing is expected after `line N`") }
    }
}

extension PolicyCase.ExpectedLine {
    /// `N` or `FILE:N`.
    fileprivate init(_ word: PlainLine.Word) throws(Diagnostic) {
        let parting = word.bytes.lastIndex(of: UInt8(ascii: ":"))
        let digits = parting.map { word.bytes[($0 + 1)...] } ?? word.bytes[...]
        guard digits.count <= 7, let number = Int(String(decoding: digits, as: UTF8.self)), number > 0 else {
            throw Diagnostic(.error, at: word.span, "expected the number of a line, or `FILE:N`, not `\(word.shown)`")
        }
        file = parting.map { Array(word.bytes[..<$0]) }
        line = number
    }

    /// Whether a rule stands there.
    func holds(for span: SourceSpan, in sources: SourceMap) -> Bool {
        guard span.line == line, sources.files.indices.contains(span.file) else { return false }
        guard let file else { return span.file == 0 }
        let name = sources.files[span.file].name
        return name == file || name.suffix(file.count + 1).elementsEqual([UInt8(ascii: "/")] + file)
    }
}

extension PlainLine.Word {
    /// Whether it is this word of the language.
    fileprivate func isBare(_ word: String) -> Bool { isBare && bytes.elementsEqual(word.utf8) }

    /// Fit to be shown.
    fileprivate var shown: String { escaped(bytes.prefix(200)) }
}
