internal import HookLinux
internal import HookServer
internal import SystemPackage

/// What a process wants with a call.
enum CallDisposition {
    /// It may do that itself: with its own rights, no others.
    case continueCall
    /// The call is none: as the kernel would have said.
    case fail(Errno)
    /// Something with a name.
    case named(NamedRequest, AnswerDestination)
    /// The status of an open descriptor.
    case descriptorStatus(CInt, NameOperation.StatusForm, AnswerDestination)
    case socket(SocketCall)
    case removal(OwnRemoval)
}
