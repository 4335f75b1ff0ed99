internal import CLinux
package import SystemPackage

/// What a program was started to say: somebody, or another program, goes by it.
package enum StandardOutput {
    /// Writes all of it. `write(2)`.
    ///
    /// - Throws: the errno of the first call that did not take its bytes; what stood before them is written.
    package static func write(_ text: String) throws(Errno) { try write(bytes: Array(text.utf8)) }

    /// The same of bytes that need not be text.
    package static func write(bytes: [UInt8]) throws(Errno) { try OwnedDescriptor.writeAll(bytes, to: 1) }

    /// `isatty(3)`
    package static var isTerminal: Bool { oh_is_terminal(1) == 1 }

    /// How many columns it has, if it is a terminal that says so. `ioctl_tty(2)`, `TIOCGWINSZ`.
    package static var columns: Int? {
        let columns = oh_terminal_columns(1)
        return columns > 0 ? Int(columns) : nil
    }
}
