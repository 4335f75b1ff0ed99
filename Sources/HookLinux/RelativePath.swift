package import SystemPackage

/// A name below a directory, the only kind of name that `RootDirectory` resolves: not empty, not absolute, and with no
/// empty, `.` or `..` component.
///
/// It is a view of a clean absolute name, from a position on; nothing is copied.
package struct RelativePath: Sendable {
    package let path: SystemPath
    package let start: Int

    /// The part of a name that follows the directory of which `prefix` are the bytes.
    ///
    /// - Returns: `nil` if the rest is not a relative path as described above.
    package init?(_ path: consuming SystemPath, from start: Int) {
        guard start >= 0, start < path.count else { return nil }
        var componentStart = start
        for index in start...path.count where index == path.count || path[index] == UInt8(ascii: "/") {
            let length = index - componentStart
            if length == 0 { return nil }
            if length == 1, path[componentStart] == UInt8(ascii: ".") { return nil }
            if length == 2, path[componentStart] == UInt8(ascii: "."), path[componentStart + 1] == UInt8(ascii: ".") {
                return nil
            }
            componentStart = index + 1
        }
        self.path = path
        self.start = start
    }

    package var count: Int { path.count - start }
    package var bytes: [UInt8] { Array(path.bytes.dropFirst(start)) }

    func withCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        unsafe path.withCString(from: start, body)
    }
}

extension RelativePath {
    /// The directory part: `.` for a single component.
    package func parent() throws(Errno) -> SystemPath {
        let last = path.lastComponentStart
        guard last > start else { return SystemPath(".") }
        return try SystemPath(Array(path.bytes[start..<(last - 1)]))
    }
}
