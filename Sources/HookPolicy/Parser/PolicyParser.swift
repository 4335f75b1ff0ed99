package import SystemPackage

/// Reads the policy language.
package enum PolicyParser {
    /// Reads a policy.
    package static func parse(main: SourceFile, include: (_ path: [UInt8]) -> IncludeResult) -> ParseResult {
        let sources = SourceMap(files: [main])
        return ParseResult(policy: nil, diagnostics: [], sources: sources)
    }
}

/// What became of an `include`.
package enum IncludeResult: Sendable {
    case file([UInt8])
    /// The file is part of the policy already, perhaps under another name.
    case alreadyIncluded
    case unreadable(Errno)
    /// Why the file may not be used: the end of a sentence that begins with "the file".
    case untrusted(String)
}

/// A policy, or why there is none.
package struct ParseResult: Sendable {
    /// Nil if a diagnostic is an error.
    package let policy: Policy?
    /// In the order of the text.
    package let diagnostics: [Diagnostic]
    package let sources: SourceMap
}
