internal import HookPolicy

/// Names that no VM's policy is made to grant, whoever says that the VM uses them.
///
/// A person can still write such a rule. A program that reads domains, headers of images and audit trails does not.
enum SystemName {
    /// Why a name is none of a VM's: the end of a sentence that begins with the name. Nil if it may be one.
    static func objection(to path: AbsolutePath, _ access: Access) -> String? {
        if memoryDevices.contains(path) { return "is the memory of the host" }
        if let directory = closed.first(where: { path.isBeneathOrEqual($0) }) {
            return "lies in \(escaped(directory.bytes)), where no VM has files"
        }
        let isReading = access == .readOnly
        if let directory = readable.first(where: { path.isBeneathOrEqual($0) }) {
            return isReading ? nil : "lies in \(escaped(directory.bytes)), where no VM writes"
        }
        if let directory = programs.first(where: { path.isBeneathOrEqual($0) }) {
            return "lies in \(escaped(directory.bytes)), where no VM has files"
        }
        return nil
    }

    private static let closed = paths([
        "/bin", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/proc", "/sbin", "/selinux", "/sys",
    ])
    private static let readable = paths(["/boot", "/usr/share", "/usr/local/share", "/usr/lib/qemu", "/usr/libexec"])
    private static let programs = paths(["/usr"])
    private static let memoryDevices = paths(["/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg"])

    private static func paths(_ names: [String]) -> [AbsolutePath] { names.compactMap { AbsolutePath($0) } }
}
