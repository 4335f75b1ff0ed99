internal import HookLinux
internal import SystemPackage

/// What a sequence has before its first request.
struct NoChannel: AnswerChannel {
    var conduit: CInt { -1 }
    var clientHasGone: Bool { true }
    var delivery: any FileDelivery { NoDelivery() }
    func refuse(_ errno: Errno) throws(Errno) { throw .badFileDescriptor }

    private struct NoDelivery: FileDelivery {
        func deliver(_ file: borrowing OwnedDescriptor, through conduit: CInt) throws(Errno) {
            throw .badFileDescriptor
        }
    }
}
