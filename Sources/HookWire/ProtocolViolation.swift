/// Bytes that no peer which speaks the protocol sends.
///
/// The connection ends: the end of the message is not known, so a stream cannot be resynchronised. The description is
/// one line for the audit record, made of numbers alone: nothing that the peer wrote is repeated in it.
package enum ProtocolViolation: Error, Sendable, Equatable {
    /// `message_size` is less than a header or more than ``WireLimits/largestMessage``.
    case messageSize(UInt32)

    /// A request to open whose `message_size` leaves no room for its fixed fields.
    case requestTooShort(messageSize: UInt32)

    /// `filename_len` is more than the message holds.
    case nameOverrunsMessage(nameLength: UInt16, messageSize: UInt32)

    /// More bytes after the name than the padding of a C struct explains.
    case bytesAfterName(Int)

    /// A packet that ends before its header does.
    case packetTooShort(Int)

    /// A packet whose `message_size` is not its length.
    case packetLength(messageSize: UInt32, received: Int)

    /// A packet of which the rest was lost, because the buffer was too small.
    case packetTruncated(received: Int)

    /// A reply that is not ``WireLimits/replyLength`` bytes long.
    case replySize(messageSize: UInt32)

    /// A reply of which only a part came.
    case replyTooShort(Int)

    /// A reply whose result is neither 0 nor a negated `errno`.
    case replyResult(Int32)

    /// A reply to a command that was not sent.
    case replyCommand(UInt32)
}

extension ProtocolViolation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .messageSize(let size):
            "message_size is \(size), must be \(WireLimits.headerLength) to \(WireLimits.largestMessage)"
        case .requestTooShort(let size):
            "message_size of a request to open is \(size), must be at least \(WireLimits.requestHeaderLength)"
        case .nameOverrunsMessage(let length, let size):
            "filename_len is \(length), more than a message of \(size) bytes holds"
        case .bytesAfterName(let count):
            "\(count) bytes follow the filename, at most \(WireLimits.largestPadding) may"
        case .packetTooShort(let count):
            "a packet of \(count) bytes is shorter than a header of \(WireLimits.headerLength)"
        case .packetLength(let size, let received):
            "message_size is \(size) in a packet of \(received) bytes"
        case .packetTruncated(let received):
            "a packet was cut off after \(received) bytes"
        case .replySize(let size):
            "message_size of a reply is \(size), must be \(WireLimits.replyLength)"
        case .replyTooShort(let count):
            "a reply ended after \(count) of \(WireLimits.replyLength) bytes"
        case .replyResult(let result):
            "the result of a reply is \(result), neither 0 nor a negated errno"
        case .replyCommand(let command):
            "the reply is to command \(command), which was not sent"
        }
    }
}
