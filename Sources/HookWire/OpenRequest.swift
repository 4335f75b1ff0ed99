/// A request to open a file, as it was sent: nothing in it has been checked against a policy.
package struct OpenRequest: Sendable, Equatable {
    /// The `O_` flags of the C library, for this architecture. See ``OpenFlags``.
    package let flags: UInt32

    /// The `mode_t` of `open(2)`, meaningful with `O_CREAT` and `O_TMPFILE` only.
    package let mode: UInt32

    /// Where the name's bytes are in the span that was decoded, without the NUL that a client may have counted.
    package let name: Range<Int>

    package init(flags: UInt32, mode: UInt32, name: Range<Int>) {
        self.flags = flags
        self.mode = mode
        self.name = name
    }
}
