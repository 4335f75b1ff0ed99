/// How much is read before a policy is given up: a file that nobody wrote by hand must not cost time or memory without
/// end.
struct ReadingLimits {
    /// The bytes of one file.
    var fileBytes = 4 << 20
    /// The bytes of all files together.
    var bytes = 16 << 20
    /// How deep includes nest.
    var includeDepth = 8
    /// The bytes of all words with variables replaced and alternatives written out, and 64 for each pattern.
    var writtenOutBytes = 32 << 20
}
