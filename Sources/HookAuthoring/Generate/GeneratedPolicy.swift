package import HookPolicy

/// A policy that was made for a VM, and what is to be said about it.
package struct GeneratedPolicy: Sendable {
    /// The policy's file, with comments.
    package let text: [UInt8]
    /// The same, as a server would read it.
    package let policy: Policy
    /// What the VM names and is not granted, and what needs no rule.
    package let remarks: [Remark]

    package var refusals: [Remark] { remarks.filter { $0.kind == .refusal } }
}

/// What a policy is made with, besides what the VM says of itself.
package struct GenerateOptions: Sendable {
    /// The VM's name in the policy; nil: the VM's own.
    package var name: [UInt8]?
    /// The user that QEMU runs as; nil: as the source says.
    package var user: [UInt8]?
    /// The directories in which backing files are granted.
    package var within: [AbsolutePath] = []
    /// The files in which images may keep their data, besides those that the configuration names.
    package var dataFiles: [AbsolutePath] = []
    package var snapshots: [SnapshotRule] = []
    package var directory: AbsolutePath?

    package init() {}
}

/// Why no policy was made.
package enum GenerateFailure: Error, Sendable {
    /// The source has no name for the VM.
    case noName
    /// The user that was given can be no name or number of one.
    case noAccount([UInt8])
    /// What was made has an error or a warning: what was asked for does not go together.
    case notClean([Diagnostic], SourceMap)
}
