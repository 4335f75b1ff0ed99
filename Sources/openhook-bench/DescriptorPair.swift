import CYardstick
import HookLinux

/// Two descriptors that belong together, one for this process and one for a server that it starts.
struct DescriptorPair: ~Copyable {
    /// What this process keeps.
    let kept: OwnedDescriptor
    /// What the server is given.
    let given: OwnedDescriptor

    private init(_ ends: [Int32]) {
        kept = OwnedDescriptor(taking: ends[0])
        given = OwnedDescriptor(taking: ends[1])
    }

    /// The two ends of a new connection.
    static func connection(_ style: SocketStyle) throws(BenchError) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        let type = Int32(style == .stream ? YS_STREAM : YS_SEQPACKET)
        try check(unsafe ys_socket_pair(type, &ends), "make a \(style.rawValue) socket pair")
        return DescriptorPair(ends)
    }

    /// A pipe that the server writes to.
    static func pipe() throws(BenchError) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        try check(unsafe ys_pipe(&ends), "make a pipe")
        return DescriptorPair(ends)
    }

    /// Closes what the server was given, now that it has it: else the server's end would not be seen here.
    consuming func keep() -> OwnedDescriptor { kept }
}
