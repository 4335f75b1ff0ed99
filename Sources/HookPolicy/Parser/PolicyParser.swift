package import SystemPackage

/// Reads the policy language.
package enum PolicyParser {
    /// Reads a policy, and reports all that is wrong with it.
    ///
    /// - Parameters:
    ///   - main: the policy file.
    ///   - review: what is looked for beside errors.
    ///   - include: called for each `include`, with its name joined to the folder of the file that it stands in.
    package static func parse(
        main: SourceFile, review: Review = .full, include: (_ path: [UInt8]) -> IncludeResult
    ) -> ParseResult {
        parse(main: main, review: review, limits: ReadingLimits(), include: include)
    }

    /// How closely a policy is looked at.
    package enum Review: Sendable {
        /// For people who write it: with warnings about what is allowed and hardly meant.
        case full
        /// For whoever uses it: errors alone.
        case errors
    }

    static func parse(
        main: SourceFile, review: Review = .full, limits: ReadingLimits,
        include: (_ path: [UInt8]) -> IncludeResult
    ) -> ParseResult {
        var reader = PolicyReader(main: main, limits: limits)
        reader.readMain(include: include)
        var diagnostics = reader.diagnostics
        let policy = reader.policy
        for error in OwnReview(of: policy).diagnostics { diagnostics.add(error) }
        if review == .full, !diagnostics.hasErrors {
            for warning in PolicyReview(of: policy).diagnostics { diagnostics.add(warning) }
        }
        return ParseResult(
            policy: diagnostics.hasErrors ? nil : policy,
            diagnostics: diagnostics.items.sorted { $0.span < $1.span }, sources: reader.sources)
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
    /// In the order of the text: the main file first.
    package let diagnostics: [Diagnostic]
    package let sources: SourceMap
}
