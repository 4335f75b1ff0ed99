import HookLinux
import SystemPackage

/// Everything in a directory tree that a broker could have destroyed: names, inodes, owners, modes, contents.
package struct TreeSnapshot: Equatable, CustomStringConvertible {
    private var entries: [String: String] = [:]

    package init(of directory: String) throws {
        try add(SystemPath(text: directory), depth: 0)
    }

    package var description: String {
        entries.keys.sorted().map { "\($0): \(entries[$0] ?? "")" }.joined(separator: "\n")
    }

    private mutating func add(_ path: SystemPath, depth: Int) throws {
        let status = try FileStatus.named(path)
        let name = path.bytes.map { (0x21...0x7e).contains($0) ? String(Unicode.Scalar($0)) : "<\($0)>" }.joined()
        var words = "\(status.kind) inode \(status.identity.inode) \(status.owner):\(status.group)"
        words += " \(String(status.permissions, radix: 8))"
        switch status.kind {
        case .file:
            let text = String(decoding: try SmallFile.read(path, limit: 64 << 20), as: UTF8.self)
            words += " links \(status.linkCount) \(text.debugDescription)"
        case .directory where depth < 16:
            for child in try children(of: path) { try add(child, depth: depth + 1) }
        default: break
        }
        entries[name] = words
    }

    private func children(of path: SystemPath) throws -> [SystemPath] {
        let directory = try RootDirectory(ambientPath: path)
        var children: [SystemPath] = []
        try DirectoryListing.forEachName(in: directory.descriptor) { name in
            var child = path
            child.appendComponent(name)
            children.append(child)
        }
        return children
    }
}
