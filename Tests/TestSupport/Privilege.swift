import Foundation
import Glibc
import HookLinux

/// What this run of the tests may do. Tests that need more are skipped, and say so.
package enum Privilege {
    package static let isRoot = geteuid() == 0

    /// Whether the kernel knows SELinux.
    package static let hasSELinux: Bool = {
        let types = try? SmallFile.read(SystemPath("/proc/filesystems"), limit: 1 << 20)
        return String(decoding: types ?? [], as: UTF8.self).contains("selinuxfs")
    }()

    /// Whether device nodes can be made and opened where the tests have their files.
    package static let makesDevices: Bool = {
        guard isRoot, let scratch = try? ScratchDirectory() else { return false }
        guard (try? scratch.device("null", .characterDevice, major: 1, minor: 3)) != nil else { return false }
        return (try? GrantedFile(opening: scratch.path("null"), flags: O_RDWR | O_CLOEXEC)) != nil
    }()

    /// Whether a program can have mounts of its own, which end with it.
    package static let mounts: Bool = {
        guard isRoot, let scratch = try? ScratchDirectory() else { return false }
        let run = try? Program.run(
            "unshare", ["-m", "mount", "-t", "tmpfs", "none", scratch.path],
            environment: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"])
        return run?.ending == .exited(0)
    }()
}
