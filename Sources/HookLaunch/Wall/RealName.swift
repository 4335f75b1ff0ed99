internal import HookLinux
internal import SystemPackage

/// The name that the kernel has for what a name leads to, symbolic links followed.
enum RealName {
    /// - Throws: `ENOENT` if there is nothing.
    static func of(_ path: SystemPath) throws(Errno) -> SystemPath {
        let object = try PathDescriptor.open(path)
        var name = SystemPath()
        try DescriptorDirectory(of: .process).name(of: object, into: &name)
        return name
    }

    /// The same of what may not be there, or be out of reach: the real name of what is there of it, and the rest.
    static func ofNearest(_ path: SystemPath) -> SystemPath {
        var nearest = path
        while nearest.count > 1 {
            if var real = try? of(nearest) {
                real.append(path, from: nearest.count)
                return real
            }
            nearest.truncate(to: max(1, nearest.lastComponentStart - 1))
        }
        return path
    }
}
