/// The two kinds of connection that the protocol knows.
enum SocketStyle: String, CaseIterable {
    case stream
    case seqpacket
}
