/// Open flags in words, for records and messages.
extension OpenFlags {
    /// One part of a value: a flag that has a name, or the bits that have none.
    package enum Word: Sendable, Equatable {
        case named(String)
        case unknownBits(UInt32)
    }

    /// The flags that have names, beside the access. Those that hold another one's bit come before it.
    static let names: [(word: String, flags: OpenFlags)] = [
        ("O_CREAT", .create), ("O_EXCL", .exclusive), ("O_NOCTTY", .noControllingTerminal), ("O_TRUNC", .truncate),
        ("O_APPEND", .append), ("O_NONBLOCK", .nonBlocking), ("O_SYNC", .sync), ("O_DSYNC", .dataSync),
        ("O_ASYNC", .async), ("O_DIRECT", .direct), ("O_LARGEFILE", .largeFile), ("O_TMPFILE", .temporaryFile),
        ("O_DIRECTORY", .directory), ("O_NOFOLLOW", .noFollow), ("O_NOATIME", .noAccessTime),
        ("O_CLOEXEC", .closeOnExec), ("O_PATH", .path),
    ]

    /// Calls `body` with each word of the value: the access first, bits without a name last. Allocates nothing.
    package func forEachWord<Failure: Error>(_ body: (Word) throws(Failure) -> Void) throws(Failure) {
        try body(.named(accessWord))
        var rest = subtracting(.accessMode)
        for (word, flags) in Self.names where rest.isSuperset(of: flags) {
            try body(.named(word))
            rest.subtract(flags)
        }
        if !rest.isEmpty { try body(.unknownBits(rest.rawValue)) }
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
    /// The words as a C program would write them, such as `O_RDWR|O_DIRECT`; unknown bits in hexadecimal.
    package var description: String {
        var text = ""
        forEachWord { word in
            if !text.isEmpty { text += "|" }
            switch word {
            case .named(let name): text += name
            case .unknownBits(let bits): text += "0x" + String(bits, radix: 16)
            }
        }
        return text
    }
}
