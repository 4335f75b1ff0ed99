import HookLinux
import HookWire
import SystemPackage
import TestSupport
import Testing

private let good = ["open", "rdwr", "0", "DISK"]
private let granted = "ok flags=rdwr size=5"

/// Bytes in hexadecimal, as the C client takes them.
private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// A message of any shape.
private func message(size: UInt32, command: UInt32 = 1, nameLength: UInt16, rest: [UInt8]) -> String {
    hex(
        RawConnection.bytes(size) + RawConnection.bytes(command) + RawConnection.bytes(2) + RawConnection.bytes(0)
            + RawConnection.bytes(UInt32(nameLength)).prefix(2) + rest)
}

struct MessageTests {
    static let wellFormed = [
        Exchange("a request", good, [granted]),
        Exchange("an unpacked header with 2 bytes of padding", ["--unpacked"] + good, [granted]),
        Exchange("a NUL that is counted", ["--nul"] + good, [granted]),
        Exchange("a NUL that is counted, and padding", ["--nul", "--unpacked"] + good, [granted]),
        Exchange(
            "a NUL in the middle", ["open", "rdwr", "0", "DISK\\x00x"] + good, ["errno EINVAL", granted]),
        Exchange("two NULs at the end", ["open", "rdwr", "0", "DISK\\x00\\x00"] + good, ["errno EINVAL", granted]),
        Exchange("a name that is only a NUL", ["open", "rdwr", "0", "\\x00"] + good, ["errno ENOENT", granted]),
        Exchange("an empty name", ["open", "rdwr", "0", ""] + good, ["errno ENOENT", granted]),
        Exchange("a relative name", ["open", "rdwr", "0", "disk"] + good, ["errno EINVAL", granted]),
        Exchange(
            "a name of 4095 bytes", ["open", "rdwr", "0", "/" + String(repeating: "x", count: 4094)] + good,
            ["errno EACCES", granted]),
        Exchange(
            "a name of 4095 bytes and a NUL",
            ["--nul", "open", "rdwr", "0", "/" + String(repeating: "x", count: 4094)] + good, ["errno EACCES", granted]),
        Exchange(
            "a name of 4096 bytes", ["open", "rdwr", "0", "/" + String(repeating: "x", count: 4095)] + good,
            ["errno ENAMETOOLONG", granted]),
        Exchange(
            "a name of 65,535 bytes", ["open", "rdwr", "0", "/" + String(repeating: "x", count: 65_534)] + good,
            ["errno ENAMETOOLONG", granted]),
        Exchange(
            "a name of 65,535 bytes with padding",
            ["--unpacked", "open", "rdwr", "0", "/" + String(repeating: "x", count: 65_534)] + good,
            ["errno ENAMETOOLONG", granted]),
        Exchange("an access mode that is none", ["open", "0x3", "0", "DISK"] + good, ["errno EINVAL", granted]),
        Exchange(
            "a flag that is not accepted, before the name is looked at",
            ["open", "rdwr,path", "0", ""] + ["open", "rdwr,path", "0", "/etc/shadow"] + good,
            ["errno EINVAL", "errno EINVAL", granted]),
        Exchange(
            "an unknown command", ["hex", hex(RawConnection.bytes(8) + RawConnection.bytes(7)), "reply"] + good,
            ["command=7 errno ENOSYS", granted]),
        Exchange(
            "an unknown command with a payload",
            ["hex", hex(RawConnection.bytes(12) + RawConnection.bytes(.max) + [1, 2, 3, 4]), "reply"] + good,
            ["command=4294967295 errno ENOSYS", granted]),
        Exchange(
            "command 0", ["hex", hex(RawConnection.bytes(8) + RawConnection.bytes(0)), "reply"] + good,
            ["command=0 errno ENOSYS", granted]),
        Exchange(
            "two requests at once", ["pair", "rdonly", "0", "BASE", "DISK"],
            ["ok flags=rdonly size=4", "ok flags=rdonly size=5"]),
        Exchange(
            "two requests at once, one of them refused", ["pair", "rdwr", "0", "BASE", "DISK"],
            ["errno EACCES", granted]),
        Exchange("a thousand requests", (0..<1000).flatMap { _ in good }, Array(repeating: granted, count: 1000)),
    ]

    @Test(arguments: wellFormed, Style.allCases)
    func `a well formed message is answered, and the connection kept`(exchange: Exchange, style: Style) throws {
        try exchange.run(style)
    }

    @Test(arguments: Style.allCases) func `the largest message is read to its end`(style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let connection = try stand.server.connect(style.socket)
        let payload = [UInt8](repeating: 0, count: WireLimits.largestMessage - WireLimits.headerLength)
        try connection.send(RawConnection.bytes(UInt32(WireLimits.largestMessage)) + RawConnection.bytes(2) + payload)
        let reply = try connection.reply()
        #expect(reply.command == 2)
        #expect(reply.answer.errno == .noFunction)
        #expect(try connection.open(stand.disk, OpenFlag.readWrite).file?.read() == "image")
        try stand.expectNoLeakBeside(connection)
    }

    static let bytewise = [
        Exchange("a request, one byte at a time", ["--bytewise"] + good + good, [granted, granted]),
        Exchange(
            "two requests, one byte at a time", ["--bytewise", "pair", "rdwr", "0", "DISK", "DISK"], [granted, granted]),
        Exchange("an unpacked request, one byte at a time", ["--bytewise", "--unpacked"] + good, [granted]),
        Exchange(
            "a name that is too long, one byte at a time",
            ["--bytewise", "open", "rdwr", "0", "/" + String(repeating: "x", count: 4095)] + good,
            ["errno ENAMETOOLONG", granted]),
    ]

    @Test(arguments: bytewise) func `bytes may trickle in on a stream`(exchange: Exchange) throws {
        try exchange.run(.stream)
    }

    static let violations = [
        Exchange(
            "message_size 0", ["hex", hex(RawConnection.bytes(0) + RawConnection.bytes(1)), "reply"], ["eof"],
            violation: "message_size is 0, must be 8 to 65555"),
        Exchange(
            "message_size 7", ["hex", hex(RawConnection.bytes(7) + RawConnection.bytes(1)), "reply"], ["eof"],
            violation: "message_size is 7, must be 8 to 65555"),
        Exchange(
            "message_size 65,556", ["hex", hex(RawConnection.bytes(65_556) + RawConnection.bytes(1)), "reply"], ["eof"],
            violation: "message_size is 65556, must be 8 to 65555"),
        Exchange(
            "message_size 4,294,967,295", ["hex", hex(RawConnection.bytes(.max) + RawConnection.bytes(1)), "reply"],
            ["eof"], violation: "message_size is 4294967295, must be 8 to 65555"),
        Exchange(
            "a request without its fields", ["hex", hex(RawConnection.bytes(8) + RawConnection.bytes(1)), "reply"],
            ["eof"], violation: "message_size of a request to open is 8, must be at least 18"),
        Exchange(
            "a filename_len that is more than the message holds",
            ["hex", message(size: 22, nameLength: 5, rest: Array("/abc".utf8)), "reply"], ["eof"],
            violation: "filename_len is 5, more than a message of 22 bytes holds"),
        Exchange(
            "a filename_len of 65,535 in a short message",
            ["hex", message(size: 22, nameLength: 65_535, rest: Array("/abc".utf8)), "reply"], ["eof"],
            violation: "filename_len is 65535, more than a message of 22 bytes holds"),
        Exchange(
            "3 bytes after the filename",
            ["hex", message(size: 25, nameLength: 4, rest: Array("/abcxyz".utf8)), "reply"], ["eof"],
            violation: "3 bytes follow the filename, at most 2 may"),
    ]

    @Test(arguments: violations, Style.allCases)
    func `a malformed message ends the connection, with a record`(exchange: Exchange, style: Style) throws {
        try exchange.run(style)
    }

    static let ofPackets = [
        Exchange(
            "a packet that is longer than it says",
            ["hex", message(size: 22, nameLength: 4, rest: Array("/abcx".utf8)), "reply"], ["eof"],
            violation: "message_size is 22 in a packet of 23 bytes"),
        Exchange(
            "a packet that is shorter than it says",
            ["hex", message(size: 23, nameLength: 4, rest: Array("/abc".utf8)), "reply"], ["eof"],
            violation: "message_size is 23 in a packet of 22 bytes"),
        Exchange(
            "a packet that is shorter than a header", ["hex", "0800", "reply"], ["eof"],
            violation: "a packet of 2 bytes"),
        Exchange("a request, one byte a packet", ["--bytewise"] + good, ["eof"], violation: "a packet of 1 bytes"),
    ]

    @Test(arguments: ofPackets) func `a packet is one message`(exchange: Exchange) throws {
        try exchange.run(.packets)
    }

    @Test(arguments: Style.allCases) func `a good request after a violation is not answered`(style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let connection = try stand.server.connect(style.socket)
        let bad = RawConnection.bytes(3) + RawConnection.bytes(1)
        let good = RawConnection.request(Array(stand.disk.utf8), OpenFlag.readWrite | OpenFlag.truncate)
        if style == .stream {
            try connection.send(bad + good)
        } else {
            try connection.send(bad)
            // The server may have ended the connection meanwhile.
            try? connection.send(good)
        }
        guard case .closed = try connection.reply().answer else {
            Issue.record("answered")
            return
        }
        #expect(try stand.directory.text("images/disk") == "image")
        try stand.expectNoLeak()
    }

    @Test(arguments: Style.allCases) func `flags and errno values pass unchanged`(style: Style) throws {
        let stand = try Stand { $0.source = .listening(style.socket) }
        let flags = "rdwr,append,nonblock,sync,direct,noatime"
        let lines = try stand.server.runClient(
            style.words + [
                "open", flags, "0", stand.disk, "open", "rdwr", "0", stand.base, "open", "rdonly", "0", stand.base,
                "open", "wronly,trunc,cloexec", "0", stand.disk,
            ])
        #expect(
            lines == [
                "ok flags=rdwr,append,nonblock,sync,direct,noatime size=5", "errno EACCES", "ok flags=rdonly size=4",
                "ok flags=wronly size=0",
            ])
        try stand.expectNoLeak()
    }
}
