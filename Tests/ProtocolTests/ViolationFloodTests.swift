import HookLinux
import TestSupport
import Testing

/// Clients that speak another protocol, again and again.
struct ViolationFloodTests {
    @Test(arguments: Style.allCases)
    func `one that comes back each time with another number fills no audit trail`(style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let visits = 100
        for number in 0..<visits {
            let connection = try stand.server.connect(style.socket)
            // message_size: each is wrong in its own way.
            try connection.send(RawConnection.bytes(1_000_000 + UInt32(number)) + RawConnection.bytes(1))
            guard case .closed = try connection.reply().answer else {
                Issue.record("served")
                return
            }
        }
        #expect(try stand.server.stop() == .exited(0))
        let records = try stand.server.records("protocol-violation")
        let repeated = records.compactMap { $0["repeated"].flatMap { Int($0) } }
        // Written at once and counted for a second: that many records at most however long this took, and none is lost.
        #expect(records.count < visits / 2, "\(records.count)")
        #expect(records.count - repeated.count + repeated.reduce(0, +) == visits)
        #expect(records.last?.reason == "message_size is 1000099, must be 8 to 65555")
    }

    @Test func `two kinds of nonsense are two records`() throws {
        let stand = try Stand()
        for bytes in [
            RawConnection.bytes(7) + RawConnection.bytes(1), RawConnection.bytes(9) + RawConnection.bytes(1) + [0],
            RawConnection.bytes(3) + RawConnection.bytes(1),
        ] {
            let connection = try stand.server.connect()
            try connection.send(bytes)
            guard case .closed = try connection.reply().answer else {
                Issue.record("served")
                return
            }
        }
        #expect(try stand.server.stop() == .exited(0))
        #expect(
            try stand.server.records("protocol-violation").map(\.reason) == [
                "message_size is 7, must be 8 to 65555", "message_size of a request to open is 9, must be at least 18",
                "message_size is 3, must be 8 to 65555",
            ])
    }
}
