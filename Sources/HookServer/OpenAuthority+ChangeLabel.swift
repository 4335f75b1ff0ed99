internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookSELinux
internal import SystemPackage

/// Stage 7 of a change of names: may the VM's label make it. No file is handed over: what counts is the directory, and
/// the object whose name goes, of whatever kind that is.
extension OpenAuthority {
    /// - Parameter entry: what has the name; nil for a name that is missing.
    func checkChangeLabel(
        in parent: borrowing OwnedDescriptor, _ entry: borrowing Entry, for purpose: Purpose, _ rule: Rule.ID,
        beneath root: OpenRoot, _ job: OpenJob
    ) throws(Refusal) {
        guard case .label(let subject) = job.asker.subject else { return }
        let given = try Self.policyLabel(of: rule, for: subject, in: job.generation.policy)
        let directory = try LabelChoice(
            given: given, kernel: kernelLabel(of: parent), labelling: labelling(of: parent, beneath: root)
        ).ofDirectory()
        var object: LabelledObject?
        if entry.isThere {
            let (label, _) = try LabelChoice(
                given: given, kernel: kernelLabel(of: entry.object), labelling: entry.found.mount.labelling
            ).ofObject()
            object = LabelledObject(label, Self.objectClass(entry.found.status.kind))
        }
        guard let change = Self.change(purpose, object) else { return }
        do throws(LabelRefusal) {
            let verdict = try job.generation.labelCheck.checkChange(
                subject: subject, directory: directory, change: change)
            job.site.denials.note(verdict, of: realName, to: job.asker.peer)
        } catch {
            job.site.denials.note(error, of: realName, to: job.asker.peer)
            throw Refusal(.permissionDenied, at: .label, .label(error))
        }
    }

    private static func change(_ purpose: Purpose, _ object: LabelledObject?) -> DirectoryChange? {
        switch purpose {
        case .unlinking: object.map { .unlink($0) }
        case .renaming: object.map { .renameAway($0) }
        case .arriving: .renameInto(replacing: object)
        case .opening, .looking: nil
        }
    }

    private func labelling(
        of directory: borrowing OwnedDescriptor, beneath root: OpenRoot
    ) throws(Refusal) -> Mount.Labelling {
        do throws(Errno) {
            return try mount(of: directory, FileStatus.of(directory), beneath: root).labelling
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
    }
}
