/// Open flags in words, for records and messages.
extension OpenFlags {
    /// The flags that have names, beside the access. Those that hold another one's bit come before it.
    static let names: [(word: String, flags: OpenFlags)] = [
        ("O_CREAT", .create), ("O_EXCL", .exclusive), ("O_NOCTTY", .noControllingTerminal), ("O_TRUNC", .truncate),
        ("O_APPEND", .append), ("O_NONBLOCK", .nonBlocking), ("O_SYNC", .sync), ("O_DSYNC", .dataSync),
        ("O_ASYNC", .async), ("O_DIRECT", .direct), ("O_LARGEFILE", .largeFile), ("O_TMPFILE", .temporaryFile),
        ("O_DIRECTORY", .directory), ("O_NOFOLLOW", .noFollow), ("O_NOATIME", .noAccessTime),
        ("O_CLOEXEC", .closeOnExec), ("O_PATH", .path),
    ]

    /// Calls `body` with each word of the value: the access first, bits without a name last, in hexadecimal. Allocates
    /// nothing: no word is so long.
    package func forEachWord(_ body: (String) -> Void) {
        body(accessWord)
        var rest = subtracting(.accessMode)
        for (word, flags) in Self.names where rest.isSuperset(of: flags) {
            body(word)
            rest.subtract(flags)
        }
        if !rest.isEmpty { body("0x" + String(rest.rawValue, radix: 16)) }
    }

    /// The words one by one.
    package var words: [String] {
        var words: [String] = []
        forEachWord { words.append($0) }
        return words
    }

    private var accessWord: String {
        switch access {
        case .readOnly: "O_RDONLY"
        case .writeOnly: "O_WRONLY"
        case .readWrite: "O_RDWR"
        case nil: "O_ACCMODE"
        }
    }
}

extension OpenFlags: CustomStringConvertible {
    /// The words as a C program would write them, such as `O_RDWR|O_DIRECT`.
    package var description: String { words.joined(separator: "|") }
}
