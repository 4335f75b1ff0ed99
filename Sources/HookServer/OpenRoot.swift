internal import HookLinux
internal import HookPolicy
internal import Synchronization
internal import SystemPackage

/// What is known of a root's directory, without a descriptor.
final class RootFacts: Sendable {
    let root: Root.ID
    let identity: FileIdentity
    let mountIdentity: MountIdentity
    let mount: Mount
    /// The kernel's name of the directory: another one than the policy's if a symbolic link leads to it.
    let realName: [UInt8]
    /// Whether a name beneath the policy's own name of the directory, with no symbolic link in the rest, is what the
    /// kernel calls the object.
    let namesAreReal: Bool
    /// Whether `RootKnowledge` need not be told of it any more.
    private let isNoted = Atomic<Bool>(false)

    init(
        of root: Root.ID, _ directory: borrowing RootDirectory, at path: SystemPath,
        _ descriptors: borrowing DescriptorDirectory, _ mounts: MountTable
    ) throws(Errno) {
        self.root = root
        var name = SystemPath()
        try descriptors.name(of: directory.descriptor, into: &name)
        realName = name.bytes
        identity = directory.status.identity
        mountIdentity = directory.status.mount
        mount = try mounts.mount(of: directory.descriptor.number, directory.status.mount)
        namesAreReal = name == path
    }

    /// This, if `RootKnowledge` must be told of it: mostly nothing.
    var ifNew: RootFacts? { isNoted.load(ordering: .relaxed) ? nil : self }
    func setNoted() { isNoted.store(true, ordering: .relaxed) }
    func setNew() { isNoted.store(false, ordering: .relaxed) }

    /// Whether a directory that was just looked at is this one, mounted where this one is.
    func isSame(as status: FileStatus) -> Bool {
        status.identity == identity && status.mount == mountIdentity
    }

    func isSame(as other: RootFacts) -> Bool {
        other.identity == identity && other.mountIdentity == mountIdentity
    }
}

/// A root's directory, open.
///
/// It belongs to the descriptor table of the thread that opened it: a thread with another table must neither use it
/// nor be the last to hold it.
final class OpenRoot: Sendable {
    let directory: RootDirectory
    let facts: RootFacts
    private let path: SystemPath

    init(
        _ root: Root.ID, at path: SystemPath, _ descriptors: borrowing DescriptorDirectory, _ mounts: MountTable
    ) throws(Errno) {
        let opened = try RootDirectory(ambientPath: path)
        facts = try RootFacts(of: root, opened, at: path, descriptors, mounts)
        directory = opened
        self.path = path
    }

    /// Whether the name that it was opened by leads to it still.
    ///
    /// - Throws: errnos of looking: the name leads nowhere.
    func isStillThere() throws(Errno) -> Bool { try facts.isSame(as: FileStatus.following(path)) }
}
