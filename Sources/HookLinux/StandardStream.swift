internal import CLinux

/// Text for whoever started the program.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of it; what cannot be written is lost: there is nobody to tell.
    package func write(_ text: String) { write(bytes: Array(text.utf8)) }

    /// The same of bytes that need not be text.
    package func write(bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { room in
                retryingInterrupts {
                    unsafe oh_write(rawValue, room.baseAddress?.advanced(by: written), room.count - written)
                }
            }
            guard count > 0 else { return }
            written += Int(count)
        }
    }

    /// `isatty(3)`
    package var isTerminal: Bool { oh_is_terminal(rawValue) == 1 }

    /// How many columns it has, if it is a terminal that says so. `ioctl_tty(2)`, `TIOCGWINSZ`.
    package var columns: Int? {
        let columns = oh_terminal_columns(rawValue)
        return columns > 0 ? Int(columns) : nil
    }
}
