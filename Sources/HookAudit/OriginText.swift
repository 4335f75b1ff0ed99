/// The fields of a record that say which VM it is about and by which policy it was decided, as they stand in its line.
///
/// The text is kept, because most records have the same ones as the record before: the comparison of an array with
/// itself costs nothing.
struct OriginText: Sendable {
    private var vm: [UInt8] = []
    private var uuid: [UInt8]?
    private var generation: UInt64?
    private var text: [UInt8] = []

    mutating func write(_ record: borrowing AuditRecord, to line: inout JSONLine) {
        if generation != record.generation || vm != record.vm || uuid != record.uuid { format(record) }
        line.write(text.span)
    }

    private mutating func format(_ record: borrowing AuditRecord) {
        vm = record.vm
        uuid = record.uuid
        generation = record.generation
        text.rewrite { line in
            line.text("vm", vm)
            line.text("uuid", uuid)
            line.number("generation", generation)
        }
    }
}

/// The same for the fields that say who asked.
struct PeerText: Sendable {
    private var peer: AuditRecord.Peer?
    private var text: [UInt8] = []

    mutating func write(_ record: borrowing AuditRecord, to line: inout JSONLine) {
        // A record without a peer leaves the text for the next one that has it.
        if record.peer == nil { return }
        if record.peer !== peer { format(record) }
        line.write(text.span)
    }

    private mutating func format(_ record: borrowing AuditRecord) {
        peer = record.peer
        text.rewrite { line in
            line.number("peer_pid", peer?.pid)
            line.number("peer_uid", peer?.uid)
            line.number("peer_gid", peer?.gid)
            line.text("peer_label", peer?.label)
        }
    }
}

extension [UInt8] {
    /// Puts what `body` writes in place of these bytes. It is called again, with more room, until it fits.
    fileprivate mutating func rewrite(_ body: (inout JSONLine) -> Void) {
        removeAll(keepingCapacity: true)
        var room = 256
        while !append(room: room, body) { room *= 2 }
    }
}
