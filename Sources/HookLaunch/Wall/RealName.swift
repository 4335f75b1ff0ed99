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
}
