internal import HookLinux
internal import SystemPackage

/// A switch of the SELinux policy that the kernel has loaded. `security_get_boolean_active(3)`.
enum SELinuxBoolean {
    enum State: Equatable { case on, off }

    /// What holds now.
    ///
    /// - Returns: nil if the policy has no such boolean, there is no SELinux, or this process may not read it: it says
    ///   nothing then of what a broker may do.
    static func state(
        of name: String, in directory: SystemPath = SystemPath("/sys/fs/selinux/booleans")
    ) -> State? {
        var path = directory
        path.appendComponent(Array(name.utf8).span)
        // Two numbers: the first is what holds now, the second what will after the next commit (selinux(8)).
        switch (try? SmallFile.read(path, limit: 64))?.first {
        case UInt8(ascii: "1"): return .on
        case UInt8(ascii: "0"): return .off
        default: return nil
        }
    }
}
