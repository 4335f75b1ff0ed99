/// The sizes of the open-hook protocol, in bytes.
package enum WireLimits {
    /// `message_size` and `command`, with which every message begins.
    package static let headerLength = 8

    /// The fixed part of a request to open: what stands before the name.
    package static let requestHeaderLength = 18

    /// A reply, always.
    package static let replyLength = 12

    /// What an unpacked C struct may leave after the name of a request: `sizeof` is 20 there, not 18.
    package static let largestPadding = 2

    /// The longest name that can be opened: `PATH_MAX` without its NUL.
    package static let longestName = 4095

    /// The longest name that a request can carry: `filename_len` has 16 bits.
    package static let longestSentName = 65_535

    /// The largest `message_size` that is not a violation.
    package static let largestMessage = requestHeaderLength + longestSentName + largestPadding

    /// The largest request that can be granted: the longest name with a counted NUL and padding.
    package static let largestGrantableRequest = requestHeaderLength + longestName + 1 + largestPadding
}
