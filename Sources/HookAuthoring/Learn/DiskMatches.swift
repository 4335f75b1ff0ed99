import HookLinux
package import HookPolicy
import SystemPackage

/// What of this system a rule would be about.
package enum DiskMatches {
    /// The names that exist now and that a pattern matches, but for those that were asked for. In their order.
    ///
    /// A directory that cannot be read has none.
    package static func others(of pattern: NamePattern, besides wishes: [Wish]) -> [[UInt8]] {
        let slash = UInt8(ascii: "/")
        guard let end = pattern.before.lastIndex(of: slash) else { return [] }
        let asked = Set(wishes.map(\.name))
        let directory = Array(pattern.before[..<end])
        // What stands behind the component with the gap.
        let rest = pattern.after.firstIndex(of: slash).map { Array(pattern.after[$0...]) } ?? []
        guard let path = try? SystemPath(directory.isEmpty ? [slash] : directory),
            let entries = try? DirectoryListing.names(in: path)
        else { return [] }
        return entries.map { directory + [slash] + $0 + rest }
            .filter { pattern.matches($0) && !asked.contains($0) && (rest.isEmpty || exists($0)) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Why a rule for a name needs more than itself on this system; nil if it does not, or there is no such file.
    package static func remark(on name: [UInt8]) -> String? {
        guard let path = try? SystemPath(name), let status = try? FileStatus.named(path) else { return nil }
        switch status.kind {
        case .file, .unknown: return nil
        case .directory: return "it is a directory here: those are never opened"
        case .blockDevice: return "it is a block device here: the rule needs `kind block`, which is yours to add"
        case .characterDevice: return "it is a character device here: the rule needs `kind char`, which is yours to add"
        case .symbolicLink: return "it is a symbolic link here: what it leads to must be granted, too"
        case .fifo, .socket: return "it is a FIFO or a socket here: those are never opened"
        }
    }

    private static func exists(_ name: [UInt8]) -> Bool {
        guard let path = try? SystemPath(name) else { return false }
        return (try? FileStatus.named(path)) != nil
    }
}
