import SystemPackage

/// `include`.
extension PolicyReader {
    mutating func readInclude(
        _ statement: Statement, depth: Int, include: (_ path: [UInt8]) -> IncludeResult
    ) {
        let bytes = attempt { reader throws(Diagnostic) in
            guard depth < reader.limits.includeDepth else {
                throw Diagnostic(
                    .error, at: statement.span, "includes nest at most \(reader.limits.includeDepth) deep")
            }
            let word = try statement.arguments(1)[0]
            let path = reader.joined(try reader.bytes(word, as: "the name of a file"), file: word.span.file)
            return (path, try reader.load(path, word, include: include))
        }
        guard let (path, bytes) = bytes else { return }
        read(file: sources.add(SourceFile(name: path, bytes: bytes)), depth: depth + 1, include: include)
    }

    private mutating func load(
        _ path: [UInt8], _ word: Word, include: (_ path: [UInt8]) -> IncludeResult
    ) throws(Diagnostic) -> [UInt8] {
        let shown = escaped(path)
        let isNew = included.insert(path).inserted && path != sources.files[0].name
        switch isNew ? include(path) : .alreadyIncluded {
        case .file(let bytes): return bytes
        case .alreadyIncluded: throw word.error("`\(shown)` is part of this policy already")
        case .unreadable(let errno): throw word.error("cannot read `\(shown)`: \(errno.description)")
        case .untrusted(let reason): throw word.error("`\(shown)` is not used: the file \(reason)")
        }
    }

    /// A file's name relative to the folder of the file that includes it.
    private func joined(_ name: [UInt8], file: Int) -> [UInt8] {
        let including = sources.files[file].name
        guard name.first != slash, let end = including.lastIndex(of: slash) else { return name }
        return including[...end] + name
    }
}
