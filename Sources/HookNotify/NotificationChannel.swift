internal import HookLinux
internal import HookServer
internal import SystemPackage

/// Where what a call wants to know goes.
enum AnswerDestination: Sendable {
    /// The call returns 0.
    case result
    /// The call returns a new descriptor.
    case descriptor(DescriptorAtExec)
    /// Into memory of the process; the call returns 0.
    case memory(UInt64)
    /// As much as fits into memory of the process; the call returns how much.
    case buffer(UInt64, room: Int)
}

/// A system call that waits.
struct NotificationChannel: NameChannel {
    private let listener: NotificationListener
    private let id: UInt64
    private let target: TargetThread
    private let destination: AnswerDestination

    init(
        _ listener: NotificationListener, _ id: UInt64, _ target: TargetThread, _ destination: AnswerDestination
    ) {
        self.listener = listener
        self.id = id
        self.target = target
        self.destination = destination
    }

    var conduit: CInt { listener.descriptor.number }
    var clientHasGone: Bool { !listener.isWaiting(id) }

    var delivery: any FileDelivery {
        if case .descriptor(let atExec) = destination { return Injection(id: id, atExec: atExec) }
        return Injection(id: id, atExec: .closed)
    }

    func refuse(_ errno: Errno) throws(Errno) { try listener.refuse(id, errno) }

    func answer(_ answer: NameAnswer) throws(Errno) {
        guard case .bytes(let bytes) = answer else { return try listener.answer(id, value: 0) }
        let memory = try TargetMemory(of: target)
        // It is that of the thread which asked, and stays so.
        guard listener.isWaiting(id) else { throw .noSuchFileOrDirectory }
        switch destination {
        case .memory(let address):
            try memory.write(bytes.span, at: address)
            try listener.answer(id, value: 0)
        case .buffer(let address, let room):
            let count = min(room, bytes.count)
            try memory.write(bytes.span.extracting(first: count), at: address)
            try listener.answer(id, value: Int64(count))
        case .result, .descriptor: throw .invalidArgument
        }
    }
}

/// A file becomes a descriptor of the process that waits, and its number the call's result.
private struct Injection: FileDelivery {
    let id: UInt64
    let atExec: DescriptorAtExec

    func deliver(_ file: borrowing OwnedDescriptor, through conduit: CInt) throws(Errno) {
        do {
            try NotificationListener.handOver(file, id, through: conduit, atExec)
        } catch {
            // The process has as many descriptors as it may have: it is told so.
            try? NotificationListener.refuse(id, error, through: conduit)
            throw error
        }
    }

    func give(_ file: consuming OwnedDescriptor, through conduit: CInt) throws(Errno) {
        do {
            try NotificationListener.give(file, id, through: conduit, atExec)
        } catch {
            try? NotificationListener.refuse(id, error, through: conduit)
            throw error
        }
    }
}
