internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Whether a file that is to be written has no other name: what has one may be another VM's.
///
/// File systems count a link down a moment before the name goes (`ext4_rename`), and whoever renames or unlinks may be
/// interrupted in it. So the count of a file that has just been changed is looked at once more, when nobody is in it.
extension OpenAuthority {
    static func mayCountTooFew(_ status: FileStatus, _ access: Access) -> Bool {
        access != .readOnly && status.linkCount == 1
            && status.changed > KernelClock.coarse() / 1_000_000_000 - settledAfter
    }

    /// No system call that removes a name takes so many seconds where no file server is asked.
    private static let settledAfter: Int64 = 3

    /// Looks at an object with `realName` again, when the changes to that directory have been made.
    func hasOnlyName(_ object: borrowing OwnedDescriptor, _ status: FileStatus) -> Bool {
        var directory = realName
        directory.truncate(to: max(1, directory.lastComponentStart - 1))
        // With the rights of `as` it may be one that cannot be read: then the second look must do.
        try? DirectoryListing.awaitChanges(in: directory)
        guard let now = try? FileStatus.of(object), let named = try? FileStatus.named(realName, .cached) else {
            return false
        }
        return now.linkCount == 1 && named.identity == status.identity && named.linkCount == 1
    }
}
