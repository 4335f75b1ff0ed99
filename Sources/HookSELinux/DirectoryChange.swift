/// What a name leads to: its label, and which class SELinux counts it among.
package struct LabelledObject: Sendable, Equatable {
    package let label: ObjectLabel
    /// Anything but `directory` and `fd`, of which every change is refused: nothing removes or renames those.
    package let kind: ObjectClass

    package init(_ label: ObjectLabel, _ kind: ObjectClass) {
        self.label = label
        self.kind = kind
    }
}

/// A change to the names in one directory. A renaming is two of them: a name goes, and another one comes.
package enum DirectoryChange: Sendable, Equatable {
    /// A name goes, and if it was the last one its file. `unlink(2)`.
    case unlink(LabelledObject)
    /// A name goes; its file lives on under another one. `rename(2)`.
    case renameAway(LabelledObject)
    /// A renamed file comes to a name; what had that name until now goes, as by `unlink`.
    case renameInto(replacing: LabelledObject?)

    /// What the kernel asks about the directory. In the kernel, `search` is asked on the way to the name.
    var ofDirectory: Permissions {
        switch self {
        case .unlink, .renameAway: [.write, .search, .removeName]
        case .renameInto(nil): [.write, .search, .addName]
        case .renameInto(.some): [.write, .search, .addName, .removeName]
        }
    }

    /// What the kernel asks about the object whose name goes; nil if none goes.
    var ofObject: (object: LabelledObject, permission: Permissions)? {
        switch self {
        case .unlink(let object): (object, .unlink)
        case .renameAway(let object): (object, .rename)
        case .renameInto(let replaced): replaced.map { ($0, .unlink) }
        }
    }
}
