internal import CLinux

/// Text for whoever started the program, beside what it was started to say.
package enum StandardError {
    /// `isatty(3)`
    package static var isTerminal: Bool { oh_is_terminal(2) == 1 }

    /// Writes all of it; what cannot be written is lost: there is nobody to tell. `write(2)`.
    package static func write(_ text: String) { write(bytes: Array(text.utf8)) }

    /// The same of bytes that need not be text.
    package static func write(bytes: [UInt8]) { try? OwnedDescriptor.writeAll(bytes, to: 2) }
}
