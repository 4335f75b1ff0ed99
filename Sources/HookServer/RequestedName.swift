internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Stage 3: the bytes that a client sent, made an absolute and clean name.
///
/// Plain text is enough for `//`, `.` and a trailing `/`. It is not for `..`: after a symbolic link the kernel climbs
/// from where the link leads. So the part before each `..` is resolved, and the kernel's name of it is used.
enum RequestedName {
    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// Whether the bytes are an absolute name that `clean` would leave as it is: no empty, `.` or `..` component, no
    /// trailing `/`, no NUL. Most names are.
    static func isCleanAlready(_ sent: borrowing Span<UInt8>) -> Bool {
        guard (1...SystemPath.longest).contains(sent.count), sent[0] == slash else { return false }
        guard sent.count == 1 || sent[sent.count - 1] != slash else { return false }
        // Each is 0 if there is such a place. Without an early end: that becomes a look at many bytes at a time.
        var (nul, twoSlashes, slashAndDot) = (UInt8.max, UInt8.max, UInt8.max)
        let (before, bytes) = (sent.extracting(droppingLast: 1), sent.extracting(droppingFirst: 1))
        for index in bytes.indices {
            let afterSlash = before[index] ^ slash
            nul = min(nul, bytes[index])
            twoSlashes = min(twoSlashes, afterSlash | (bytes[index] ^ slash))
            slashAndDot = min(slashAndDot, afterSlash | (bytes[index] ^ dot))
        }
        return nul != 0 && twoSlashes != 0 && (slashAndDot != 0 || !hasDots(sent))
    }

    /// Whether a component is `.` or `..`.
    private static func hasDots(_ name: borrowing Span<UInt8>) -> Bool {
        for index in 1..<name.count where name[index - 1] == slash && name[index] == dot {
            if isDots(name, from: index) { return true }
        }
        return false
    }

    /// - Parameter parent: replaces a name by the name of the directory that holds what it leads to.
    /// - Throws: `EINVAL`, `ENAMETOOLONG`, `ENOENT` for no name at all, and what `parent` throws.
    static func clean(
        _ sent: borrowing Span<UInt8>, base: AbsolutePath?, into path: inout SystemPath,
        parent: (inout SystemPath) throws(Refusal) -> Void
    ) throws(Refusal) {
        guard !sent.isEmpty else { throw Refusal(.noSuchFileOrDirectory, at: .name, .malformedName) }
        for index in sent.indices where sent[index] == 0 {
            throw Refusal(.invalidArgument, at: .name, .malformedName)
        }
        path.removeAll()
        var length = sent.count
        if sent[0] != slash {
            guard let base else { throw Refusal(.invalidArgument, at: .name, .relativeName) }
            path.assign(base.bytes.span)
            length += base.bytes.count + 1
        }
        guard length <= SystemPath.longest else { throw Refusal(.fileNameTooLong, at: .name, .nameTooLong) }
        try appendComponents(of: sent, to: &path, parent: parent)
        if path.isEmpty { path.append(slash) }
        guard path.count <= SystemPath.longest else { throw Refusal(.fileNameTooLong, at: .name, .nameTooLong) }
    }

    private static func appendComponents(
        of sent: borrowing Span<UInt8>, to path: inout SystemPath,
        parent: (inout SystemPath) throws(Refusal) -> Void
    ) throws(Refusal) {
        if path.count == 1 { path.removeAll() }  // a base of "/" alone
        var start = 0
        for index in 0...sent.count where index == sent.count || sent[index] == slash {
            let component = sent.extracting(start..<index)
            start = index + 1
            if component.isEmpty || component.count == 1 && component[0] == dot { continue }
            if component.count == 2, component[0] == dot, component[1] == dot {
                // "/.." is "/".
                if path.isEmpty { continue }
                try parent(&path)
                if path.count == 1 { path.removeAll() }
                continue
            }
            path.append(slash)
            path.append(component)
        }
    }

    private static func isDots(_ name: borrowing Span<UInt8>, from start: Int) -> Bool {
        var end = start
        while end < name.count, name[end] == dot { end += 1 }
        return end - start <= 2 && (end == name.count || name[end] == slash)
    }
}
