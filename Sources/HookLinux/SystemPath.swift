package import SystemPackage

/// The bytes of a path with a closing NUL, as system calls want them. It never holds a NUL inside.
///
/// A value is reused from request to request: assigning keeps the storage, so that a broker in steady state allocates
/// nothing for its names.
package struct SystemPath: Sendable {
    /// PATH_MAX without its NUL: the longest name that a system call takes.
    package static let longest = 4095

    /// At least `count + 1` bytes; the one at `count` is NUL.
    private var storage: [UInt8]
    /// The number of bytes without the closing NUL.
    package private(set) var count: Int

    /// The empty path.
    package init() {
        storage = [0]
        count = 0
    }

    /// - Throws: `EINVAL` for a NUL inside.
    package init(_ bytes: [UInt8]) throws(Errno) {
        guard !bytes.contains(0) else { throw .invalidArgument }
        storage = bytes + [0]
        count = bytes.count
    }

    /// A path written in this project's own source.
    package init(_ literal: StaticString) { self.init(text: literal.description) }

    /// A path from text of this process, up to a NUL.
    package init(text: String) {
        storage = Array(text.utf8.prefix { $0 != 0 }) + [0]
        count = storage.count - 1
    }

    /// For messages.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var isEmpty: Bool { count == 0 }

    /// A copy of the bytes without the closing NUL.
    package var bytes: [UInt8] { Array(storage[..<count]) }

    package var span: Span<UInt8> {
        @_lifetime(borrow self) get { storage.span.extracting(first: count) }
    }

    package subscript(_ index: Int) -> UInt8 { storage[index] }
}

// MARK: Changing

extension SystemPath {
    package mutating func removeAll() { cut(to: 0) }

    /// Puts other bytes in place of these. The caller has checked them for NUL: the kernel would stop there.
    package mutating func assign(_ bytes: borrowing Span<UInt8>) {
        replace(from: 0, with: bytes)
    }

    package mutating func assign(_ other: SystemPath) {
        replace(from: 0, with: other.span)
    }

    /// Appends what another path has from a position on.
    package mutating func append(_ other: SystemPath, from start: Int) {
        replace(from: count, with: other.span.extracting(start..<other.count))
    }

    package mutating func append(_ byte: UInt8) {
        guard byte != 0 else { return }
        reserve(count + 1)
        storage[count] = byte
        cut(to: count + 1)
    }

    package mutating func append(_ bytes: borrowing Span<UInt8>) {
        replace(from: count, with: bytes)
    }

    /// Appends a `/`, unless the path ends with one, and a component.
    package mutating func appendComponent(_ component: borrowing Span<UInt8>) {
        if count == 0 || self[count - 1] != UInt8(ascii: "/") { append(UInt8(ascii: "/")) }
        append(component)
    }

    /// The same with the last component of another path.
    package mutating func appendLastComponent(of other: SystemPath) {
        appendComponent(other.span.extracting(other.lastComponentStart..<other.count))
    }

    /// Cuts the path to its first `count` bytes.
    package mutating func truncate(to count: Int) {
        guard count >= 0, count < self.count else { return }
        cut(to: count)
    }

    /// Lets a call write the path, PATH_MAX bytes at most, and give their number or `-errno`.
    ///
    /// - Throws: the errno; `ENAMETOOLONG` if the room was filled, because then there may have been more.
    mutating func fill(_ call: (UnsafeMutableRawBufferPointer) -> Int64) throws(Errno) {
        reserve(Self.longest)
        let result = unsafe storage.withUnsafeMutableBytes { unsafe call($0) }
        guard result <= Int64(Self.longest) else {
            cut(to: 0)
            throw .fileNameTooLong
        }
        cut(to: Int(max(0, result)))
        _ = try check(result)
    }

    private mutating func replace(from start: Int, with bytes: borrowing Span<UInt8>) {
        let end = start + bytes.count
        reserve(end)
        unsafe storage.withUnsafeMutableBytes { room in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: room[start..<end]).copyMemory(from: bytes)
            }
        }
        cut(to: end)
    }

    /// Makes room for so many bytes and a NUL.
    private mutating func reserve(_ count: Int) {
        let missing = count + 1 - storage.count
        if missing > 0 { storage.append(contentsOf: repeatElement(0, count: missing)) }
    }

    private mutating func cut(to count: Int) {
        self.count = count
        storage[count] = 0
    }
}

// MARK: Looking

extension SystemPath: Equatable {
    package static func == (one: SystemPath, other: SystemPath) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count where one.storage[index] != other.storage[index] { return false }
        return true
    }
}

extension SystemPath {
    package func ends(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        let start = count - length
        return text.withUTF8Buffer { text in
            for index in 0..<length where unsafe storage[start + index] != text[index] { return false }
            return true
        }
    }

    /// Where the last component begins: after the last `/`, or at 0.
    package var lastComponentStart: Int {
        var index = count
        while index > 0, storage[index - 1] != UInt8(ascii: "/") { index -= 1 }
        return index
    }

    /// Whether this is `directory` itself or lies beneath it, by whole components.
    package func isBeneathOrEqual(_ directory: borrowing Span<UInt8>) -> Bool {
        if directory.count == 1, directory[0] == UInt8(ascii: "/") { return count > 0 && storage[0] == directory[0] }
        guard count >= directory.count else { return false }
        // Without an early end: that becomes a comparison of many bytes at a time.
        let beginning = storage.span.extracting(first: directory.count)
        var difference: UInt8 = 0
        for index in beginning.indices { difference |= beginning[index] ^ directory[index] }
        guard difference == 0 else { return false }
        return count == directory.count || storage[directory.count] == UInt8(ascii: "/")
    }

    /// Where the part of a name that lies beneath this directory begins: behind the `/` that follows the directory.
    ///
    /// - Returns: `nil` for a name that is neither this one nor beneath it.
    package func startOfRest(of name: borrowing SystemPath) -> Int? {
        guard name.isBeneathOrEqual(span) else { return nil }
        return count == 1 ? 1 : count + 1
    }

    /// Lends the bytes from `start` on as a C string.
    func withCString<R>(from start: Int = 0, _ body: (UnsafePointer<CChar>) -> R) -> R {
        unsafe storage.withUnsafeBytes { bytes in
            unsafe body(bytes.baseAddress.unsafelyUnwrapped.advanced(by: start).assumingMemoryBound(to: CChar.self))
        }
    }
}
