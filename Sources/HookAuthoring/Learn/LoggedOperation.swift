/// What the request of a record wanted of its name, as far as a policy has to do with it.
package enum LoggedOperation: Sendable {
    case open
    /// To look at it: `stat`, `access`, `readlink`.
    case look
    /// To take it away, or give it to another file: `unlink`, `rename`.
    case change
    /// To connect to a socket, or to make one: `connect`, `bind`.
    case socket
    /// What the broker does for nobody.
    case never

    /// - Parameter word: of the record; nil for an open.
    init(_ word: [UInt8]?) {
        guard let word else {
            self = .open
            return
        }
        switch String(decoding: word, as: UTF8.self) {
        case "stat", "access", "readlink": self = .look
        case "unlink", "rename": self = .change
        case "connect", "bind": self = .socket
        default: self = .never
        }
    }
}
