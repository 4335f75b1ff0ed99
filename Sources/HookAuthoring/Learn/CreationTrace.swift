package import HookWire

/// Which requests of a trail made a file.
///
/// A program that asks with `O_CREAT` asks so for a file that is there, too, and then needs no `create` of a rule. What
/// tells is the record `creating`, which stands before the answer to the same request.
struct CreationTrace {
    private var creating: Set<Request> = []

    private struct Request: Hashable {
        let vm: [UInt8]
        let number: Int64
    }

    /// So many requests are not at work at a time: what is left over is of servers that have ended meanwhile.
    private static let most = 4096

    /// Takes `O_CREAT` out of an entry whose request did not need it. The entries are to come in the trail's order.
    mutating func settle(_ entry: inout AuditEntry) {
        switch entry.event {
        // Its requests are numbered anew.
        case .started: creating = creating.filter { $0.vm != entry.vm }
        case .creating: note(entry)
        case .opened, .learned: if !ends(entry) { entry.flags = entry.flags.withoutCreation }
        case .refused: if !ends(entry), !entry.isAboutCreation { entry.flags = entry.flags.withoutCreation }
        case .connectionRefused, .other: return
        }
    }

    private mutating func note(_ entry: AuditEntry) {
        guard let number = entry.request else { return }
        if creating.count >= Self.most { creating.removeAll(keepingCapacity: true) }
        creating.insert(Request(vm: entry.vm, number: number))
    }

    /// Whether the entry ends a request that made a file.
    private mutating func ends(_ entry: AuditEntry) -> Bool {
        guard let number = entry.request, !creating.isEmpty else { return false }
        return creating.remove(Request(vm: entry.vm, number: number)) != nil
    }
}

extension AuditEntry {
    /// Whether it was refused before anyone looked whether there is such a file, or because there is none.
    fileprivate var isAboutCreation: Bool {
        guard let stage else { return true }
        return ["flags", "name", "policy", "create"].contains { stage.elementsEqual($0.utf8) }
    }
}

extension OpenFlags {
    /// The same for a file that is there. `O_EXCL` means nothing then: a file that is there would have been refused.
    package var withoutCreation: OpenFlags {
        contains(.create) ? subtracting([.create, .exclusive]) : self
    }
}
