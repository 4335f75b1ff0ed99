package import SystemPackage

/// The bytes of a path with a closing NUL, as system calls want them. It never holds a NUL inside.
///
/// A value is reused from request to request: assigning keeps the storage, so that a broker in steady state allocates
/// nothing for its names.
package struct SystemPath: Sendable, Equatable {
    /// PATH_MAX without its NUL: the longest name that a system call takes.
    package static let longest = 4095

    private var storage: [UInt8]

    /// The empty path.
    package init() {
        storage = []
        storage.reserveCapacity(256)
        storage.append(0)
    }

    /// - Throws: `EINVAL` for a NUL inside.
    package init(_ bytes: [UInt8]) throws(Errno) {
        guard !bytes.contains(0) else { throw .invalidArgument }
        storage = bytes + [0]
    }

    /// A path written in this project's own source.
    package init(_ literal: StaticString) { self.init(text: literal.description) }

    /// A path from text of this process, up to a NUL.
    package init(text: String) {
        storage = Array(text.utf8.prefix { $0 != 0 }) + [0]
    }

    /// For messages.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The bytes without the closing NUL.
    package var count: Int { storage.count - 1 }
    package var isEmpty: Bool { count == 0 }
    package var bytes: [UInt8] { Array(storage.dropLast()) }

    package var span: Span<UInt8> {
        @_lifetime(borrow self) get { storage.span.extracting(droppingLast: 1) }
    }

    package subscript(_ index: Int) -> UInt8 { storage[index] }

    package mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        storage.append(0)
    }

    /// Puts other bytes in place of these. The caller has checked them for NUL: the kernel would stop there.
    package mutating func assign(_ bytes: borrowing Span<UInt8>) {
        storage.removeAll(keepingCapacity: true)
        unsafe bytes.withUnsafeBufferPointer { unsafe storage.append(contentsOf: $0) }
        storage.append(0)
    }

    package mutating func append(_ byte: UInt8) {
        guard byte != 0 else { return }
        storage[storage.count - 1] = byte
        storage.append(0)
    }

    package mutating func append(_ bytes: borrowing Span<UInt8>) {
        storage.removeLast()
        unsafe bytes.withUnsafeBufferPointer { unsafe storage.append(contentsOf: $0) }
        storage.append(0)
    }

    /// Appends a `/`, unless the path ends with one, and a component.
    package mutating func appendComponent(_ component: borrowing Span<UInt8>) {
        if count == 0 || self[count - 1] != UInt8(ascii: "/") { append(UInt8(ascii: "/")) }
        append(component)
    }

    /// Cuts the path to its first `count` bytes.
    package mutating func truncate(to count: Int) {
        guard count >= 0, count < self.count else { return }
        storage.removeLast(storage.count - count)
        storage.append(0)
    }

    package func ends(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        var index = count - length
        for byte in text.description.utf8 {
            if storage[index] != byte { return false }
            index += 1
        }
        return true
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
        for index in directory.indices where storage[index] != directory[index] { return false }
        return count == directory.count || storage[directory.count] == UInt8(ascii: "/")
    }

    /// Lends the bytes from `start` on as a C string.
    func withCString<R>(from start: Int = 0, _ body: (UnsafePointer<CChar>) -> R) -> R {
        unsafe storage.withUnsafeBytes { bytes in
            unsafe body(bytes.baseAddress.unsafelyUnwrapped.advanced(by: start).assumingMemoryBound(to: CChar.self))
        }
    }
}

extension SystemPath {
    /// Makes room for PATH_MAX bytes and a NUL, once, and lends it.
    mutating func withRoom(_ call: (UnsafeMutableRawBufferPointer) -> Int64) -> Int64 {
        let room = SystemPath.longest + 1
        if storage.count < room { storage.append(contentsOf: repeatElement(0, count: room - storage.count)) }
        return unsafe storage.withUnsafeMutableBytes { unsafe call($0) }
    }

    /// Keeps the first `count` bytes of what was written into the room.
    mutating func cut(to count: Int) {
        storage.removeLast(storage.count - count)
        storage.append(0)
    }
}
