import HookWire
import SystemPackage
import Testing

private func bytes(of reply: Reply) -> [UInt8] {
    let message = reply.encoded()
    return message.indices.map { message[$0] }
}

private func decodeReply(_ bytes: [UInt8]) -> Result<Reply, ProtocolViolation> {
    Result { () throws(ProtocolViolation) in try Reply.decode(bytes.span) }
}

private func rawReply(size: UInt32 = 12, command: UInt32 = 1, result: Int32) -> [UInt8] {
    hostBytes(size) + hostBytes(command) + hostBytes(result)
}

@Suite struct ReplyTests {
    @Test func `a grant is 12 bytes with the result 0`() {
        #expect(bytes(of: .granted) == rawReply(result: 0))
        #expect(Reply.granted.refusal == nil)
    }

    @Test func `a refusal is the negated errno`() {
        #expect(bytes(of: .refused(.permissionDenied)) == rawReply(result: -13))
        #expect(Reply.refused(.permissionDenied).refusal == .permissionDenied)
    }

    @Test func `an unknown command is echoed with ENOSYS`() {
        #expect(bytes(of: .unknownCommand(0xdead_beef)) == rawReply(command: 0xdead_beef, result: -38))
    }

    @Test(arguments: [0, -1, 4096, .min, .max] as [Int32])
    func `what is no errno is never sent as a grant`(value: Int32) {
        #expect(Reply.refused(Errno(rawValue: value)) == .refused(.ioError))
    }

    @Test func `what is encoded is decoded`() {
        for value in 1...4095 as ClosedRange<Int32> {
            let reply = Reply.refused(Errno(rawValue: value))
            #expect(decodeReply(bytes(of: reply)) == .success(reply))
            #expect(reply.refusal?.rawValue == value)
        }
        #expect(decodeReply(bytes(of: .granted)) == .success(.granted))
        #expect(decodeReply(bytes(of: .unknownCommand(7))) == .success(.unknownCommand(7)))
    }

    @Test(arguments: [1, 4096, .max, -4096, .min] as [Int32])
    func `a result that is neither 0 nor a negated errno is a violation`(result: Int32) {
        #expect(decodeReply(rawReply(result: result)) == .failure(.replyResult(result)))
    }

    @Test func `a reply of another size is a violation`() {
        #expect(decodeReply(rawReply(size: 13, result: 0)) == .failure(.replySize(messageSize: 13)))
        #expect(decodeReply(rawReply(size: 0, result: 0)) == .failure(.replySize(messageSize: 0)))
    }

    @Test func `a part of a reply is a violation`() {
        for length in 0..<12 {
            let part = Array(rawReply(result: 0).prefix(length))
            #expect(decodeReply(part) == .failure(.replyTooShort(length)))
        }
    }
}
