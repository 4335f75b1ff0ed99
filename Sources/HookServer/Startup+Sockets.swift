internal import HookLinux
internal import SystemPackage

/// Start-up stage 4: where clients come in.
extension Startup {
    /// Sockets, and what another server left behind.
    struct Opened: ~Copyable {
        var listeners = Server.Listeners(stay: .untilTold)
        /// One end of a pair.
        var connection: UnixSocket?
        /// The channel of the launcher that started this server.
        var channel: UnixSocket?
        var kept: [KeptProgram] = []

        /// Whoever can reach a listening socket may ask, unless somebody says who. Who has an inherited one was given it.
        borrowing func demands(_ options: ServerOptions) -> Reloader.Demands {
            let listens = listeners.requests != nil || listeners.launchers != nil
            return listens && options.peerPid == nil ? .somePeer : .nothing
        }
    }

    static func openSources(_ options: ServerOptions) throws(Failure) -> Opened {
        var opened = Opened()
        switch options.sources.requests {
        case nil: break
        case .path(let path, let style, let access):
            opened.listeners.requests = try listen("--socket", path, style, access)
        case .descriptor(let number):
            let socket = try inheritedSocket(number, "--fd \(number)")
            if try listens(socket, "--fd \(number)") {
                opened.listeners.requests = try givenListener(socket, "--fd \(number)")
            } else {
                opened.connection = consume socket
                opened.listeners.stay = .asLongAsSomebodyIsServed
            }
        }
        switch options.sources.launchers {
        case nil: break
        case .path(let path, let access): opened.listeners.launchers = try listen("--launch", path, .stream, access)
        case .listener(let number):
            let what = "the socket `launch` of LISTEN_FDS"
            let socket = try inheritedSocket(number, what)
            guard try listens(socket, what) else { throw .environment("\(what) does not listen") }
            opened.listeners.launchers = try givenListener(socket, what)
        case .channel(let number):
            opened.channel = try inheritedSocket(number, "--launch-fd \(number)")
            opened.listeners.stay = .asLongAsSomebodyIsServed
        }
        let passed = options.sources.kept
        opened.kept = try environment("what was kept") { () throws(Errno) in try KeptProgram.all(in: passed) }
        return opened
    }

    private static func listen(
        _ option: String, _ path: SystemPath, _ style: UnixSocket.Style, _ access: SocketFile.Access
    ) throws(Failure) -> ListeningSocket {
        do throws(Errno) { return ListeningSocket(try SocketFile(at: path, style, access)) } catch {
            throw .environment(MissingPlace.text(MissingPlace.socket(option, path), path, error))
        }
    }

    private static func inheritedSocket(_ number: CInt, _ what: String) throws(Failure) -> UnixSocket {
        try environment(what) { () throws(Errno) in
            try UnixSocket(taking: try ThisProcess.inheritedDescriptor(number))
        }
    }

    private static func listens(_ socket: borrowing UnixSocket, _ what: String) throws(Failure) -> Bool {
        do { return try socket.isListening() } catch { throw .environment("\(what): \(error.described)") }
    }

    private static func givenListener(
        _ socket: consuming UnixSocket, _ what: String
    ) throws(Failure) -> ListeningSocket {
        do { try socket.receiveCredentials() } catch { throw .environment("\(what): \(error.described)") }
        socket.refuseDescriptors()
        return ListeningSocket(given: socket)
    }
}
