/// Reads the files of one policy, statement by statement, into a draft.
///
/// An error in a statement is reported and the next one is read, so that all of them are found.
struct PolicyReader {
    var sources: SourceMap
    var diagnostics = DiagnosticList()
    var draft = PolicyDraft()
    var variables = Variables()
    /// Where single statements stand.
    var stated: [Keyword: SourceSpan] = [:]
    /// Where each root's name and each peer was stated first.
    var rootNames: [[UInt8]: SourceSpan] = [:]
    var statedPeers: [PeerKey: SourceSpan] = [:]
    /// The block that is open.
    var block: RootBlock?
    /// The rules so far, to find one that stands twice.
    var known: [RuleKey: SourceSpan] = [:]
    /// The root of rules outside any block, by directory.
    var derivedRoots: [AbsolutePath: Root.ID] = [:]
    /// Whether a statement has been read.
    var hasBegun = false
    /// The names of the files that have been included.
    var included: Set<[UInt8]> = []
    private var bytesRead = 0
    private var bytesWrittenOut = 0

    let limits: ReadingLimits

    init(main: SourceFile, limits: ReadingLimits) {
        sources = SourceMap(files: [main])
        self.limits = limits
    }

    /// The policy as far as it has been read.
    var policy: Policy {
        let spans = SettingSpans(
            vm: stated[.vm], uuid: stated[.uuid], selinux: stated[.selinux], directory: stated[.directory],
            rate: stated[.rate], ioUring: stated[.ioUring])
        return draft.policy(sources: sources, variables: variables, spans: spans)
    }

    mutating func readMain(include: (_ path: [UInt8]) -> IncludeResult) {
        read(file: 0, depth: 0, include: include)
        let start = SourceSpan(file: 0, line: 1, column: 1, length: 1)
        if !hasBegun {
            diagnostics.add(Diagnostic(.error, at: start, "a policy begins with `openhook 1`"))
        }
        if stated[.vm] == nil {
            diagnostics.add(Diagnostic(.error, at: start, "the policy has no `vm` statement"))
        }
        checkPeers()
    }

    // MARK: Lines

    mutating func read(file: Int, depth: Int, include: (_ path: [UInt8]) -> IncludeResult) {
        let bytes = sources.files[file].bytes
        guard checkSize(of: bytes, file: file) else { return }
        var lines = LineReader(bytes: bytes, file: file)
        while !diagnostics.isClosed, let line = lines.next() {
            if let error = line.error { diagnostics.add(error) }
            guard line.isReadable else { continue }
            let words = attempt { _ throws(Diagnostic) in try LineLexer.words(of: line.bytes, at: line.start) }
            guard let words, let first = words.first else { continue }
            read(first: first, arguments: Array(words.dropFirst()), depth: depth, include: include)
        }
        if let block {
            diagnostics.add(Diagnostic(.error, at: block.span, "this root's block has no `}` at its end"))
            closeBlock(at: nil)
        }
    }

    private mutating func checkSize(of bytes: [UInt8], file: Int) -> Bool {
        let start = SourceSpan(file: file, line: 1, column: 1, length: 1)
        guard bytes.count <= limits.fileBytes else {
            diagnostics.add(Diagnostic(.error, at: start, "a policy file is at most \(limits.fileBytes) bytes long"))
            return false
        }
        bytesRead += bytes.count
        guard bytesRead <= limits.bytes else {
            diagnostics.addLast(
                Diagnostic(.error, at: start, "a policy with its includes is at most \(limits.bytes) bytes long"))
            return false
        }
        return true
    }

    // MARK: Statements

    private mutating func read(
        first: Word, arguments: [Word], depth: Int, include: (_ path: [UInt8]) -> IncludeResult
    ) {
        guard let keyword = Keyword(first) else {
            diagnostics.add(unknownStatement(first))
            return
        }
        let statement = Statement(keyword: keyword, first: first, arguments: arguments)
        checkBeginning(statement, depth: depth)
        guard !diagnostics.isClosed, checkPlace(statement), checkSingle(statement) else { return }
        if keyword == .include {
            readInclude(statement, depth: depth, include: include)
        } else {
            _ = attempt { reader throws(Diagnostic) in try reader.read(statement) }
        }
    }

    private mutating func read(_ statement: Statement) throws(Diagnostic) {
        switch statement.keyword {
        case .openhook, .include: break
        case .vm: try readVM(statement)
        case .uuid: try readUUID(statement)
        case .selinux: try readSELinux(statement)
        case .peer: try readPeer(statement)
        case .directory: draft.directory = try path(try statement.arguments(1)[0], as: "the directory")
        case .variable: try readVariable(statement)
        case .rate: try readRate(statement)
        case .own: try readOwn(statement)
        case .ioUring: try readIOUring(statement)
        case .root: try readRoot(statement)
        case .label: try readRootLabel(statement)
        case .symlinks: try readRootSymlinks(statement)
        case .filesystem: try readFileSystems(statement)
        case .identity: try readIdentity(statement)
        case .close: try readClose(statement)
        case .allow: readAllow(statement)
        case .deny: readDeny(statement)
        case .learn: readLearn(statement)
        }
    }

    private func unknownStatement(_ word: Word) -> Diagnostic {
        if word.isBare("{") {
            return word.error("`{` stands at the end of the line of its `root`")
        }
        let meant = closestWord(to: word.bytes, among: Keyword.words)
        return word.error("unknown statement `\(word.shown)`", suggestion: meant)
    }

    // MARK: Errors and limits

    /// Does something, and reports its error if it has one.
    mutating func attempt<Value>(_ body: (inout PolicyReader) throws(Diagnostic) -> Value) -> Value? {
        do throws(Diagnostic) {
            return try body(&self)
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    /// Counts bytes that variables and alternatives have been written out to: a short line may stand for much.
    mutating func charge(_ byteCount: Int, at span: SourceSpan) {
        bytesWrittenOut += byteCount
        guard bytesWrittenOut > limits.writtenOutBytes else { return }
        diagnostics.addLast(
            Diagnostic(
                .error, at: span,
                "with variables and alternatives written out, the policy is longer than \(limits.writtenOutBytes) bytes "
                    + "from here on"))
    }
}
