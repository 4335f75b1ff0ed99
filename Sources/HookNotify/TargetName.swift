internal import HookLinux
internal import SystemPackage

/// A name as a system call has it, made absolute as the process that calls means it.
///
/// Nothing is opened for that: what `/proc` says of its working directory and its descriptors is text, and the name that
/// comes out is resolved beneath the broker's own roots.
enum TargetName {
    /// `AT_FDCWD`
    static let workingDirectory: CInt = -100
    private static let slash = UInt8(ascii: "/")

    /// - Returns: an absolute name which may still have `..` in it; empty if the name is.
    /// - Throws: `ENOENT` for a directory that has been removed, `EBADF`, `ENOTDIR`, and what reading throws.
    static func read(_ target: TargetThread, _ address: UInt64, directory: CInt) throws(Errno) -> [UInt8] {
        var path = SystemPath()
        try target.readPath(at: address, into: &path)
        if path.isEmpty || path[0] == slash { return path.bytes }
        return try join(try base(target, directory), path.bytes)
    }

    private static func base(_ target: TargetThread, _ directory: CInt) throws(Errno) -> [UInt8] {
        var base = SystemPath()
        if directory == workingDirectory {
            try target.link("cwd", into: &base)
        } else {
            guard directory >= 0 else { throw .badFileDescriptor }
            do { try target.link("fd/\(directory)", into: &base) } catch {
                throw error == .noSuchFileOrDirectory ? .badFileDescriptor : error
            }
        }
        // "pipe:[1]", "(unreachable)/…": no directory with a name.
        guard !base.isEmpty, base[0] == slash else { throw .notDirectory }
        let status: FileStatus
        do { status = try FileStatus.following(base) } catch {
            // What the kernel says of one that has been removed.
            if error == .noSuchFileOrDirectory, base.ends(with: " (deleted)") { throw error }
            // It may be out of the broker's reach and there all the same; what is decided is decided by the name.
            return base.bytes
        }
        guard status.kind == .directory else { throw .notDirectory }
        return base.bytes
    }

    /// The kernel's name of a directory has no symbolic link in it, so that `..` at the beginning can be taken as text.
    private static func join(_ base: [UInt8], _ name: [UInt8]) throws(Errno) -> [UInt8] {
        var base = base
        var rest = name[...]
        while true {
            let end = rest.firstIndex(of: slash) ?? rest.endIndex
            let component = rest[..<end]
            guard component.isEmpty || component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) else {
                break
            }
            if component.count == 2 { base = Array(base[..<(base.lastIndex(of: slash) ?? 0)]) }
            guard end < rest.endIndex else {
                rest = []
                break
            }
            rest = rest[(end + 1)...]
        }
        if base.isEmpty { base = [slash] }
        if rest.isEmpty { return base }
        let joined = (base.count == 1 ? base : base + [slash]) + rest
        guard joined.count <= SystemPath.longest else { throw .fileNameTooLong }
        return joined
    }

    /// The name without empty, `.` and `..` components, by text alone: to tell what it is about, not to open it.
    static func cleaned(_ name: [UInt8]) -> [UInt8] {
        var components: [ArraySlice<UInt8>] = []
        for component in name.split(separator: slash) where !component.elementsEqual(".".utf8) {
            if component.elementsEqual("..".utf8) { _ = components.popLast() } else { components.append(component) }
        }
        return components.isEmpty ? [slash] : components.flatMap { [slash] + $0 }
    }
}
