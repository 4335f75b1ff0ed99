import HookWire
import Testing

@Suite struct ProtocolViolationTests {
    @Test(arguments: [
        (ProtocolViolation.messageSize(7), "message_size is 7, must be 8 to 65555"),
        (.requestTooShort(messageSize: 17), "message_size of a request to open is 17, must be at least 18"),
        (
            .nameOverrunsMessage(nameLength: 9, messageSize: 20),
            "filename_len is 9, more than a message of 20 bytes holds"
        ),
        (.bytesAfterName(3), "3 bytes follow the filename, at most 2 may"),
        (.packetTooShort(3), "a packet of 3 bytes is shorter than a header of 8"),
        (.packetLength(messageSize: 19, received: 38), "message_size is 19 in a packet of 38 bytes"),
        (.packetTruncated(received: 64), "a packet was cut off after 64 bytes"),
        (.replySize(messageSize: 13), "message_size of a reply is 13, must be 12"),
        (.replyTooShort(4), "a reply ended after 4 of 12 bytes"),
        (.replyResult(1), "the result of a reply is 1, neither 0 nor a negated errno"),
        (.replyCommand(2), "the reply is to command 2, which was not sent"),
    ])
    func `a violation is described in one line`(violation: ProtocolViolation, text: String) {
        #expect(violation.description == text)
    }
}
