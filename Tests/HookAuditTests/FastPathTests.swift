import Foundation
import HookAudit
import Testing

/// Names that need no escape are copied whole, the others are written character by character: one must not differ from
/// the other. A name with a newline at its end always takes the careful way.
@Suite struct `A name without escapes` {
    private func lines(_ names: [[UInt8]]) throws -> [String] {
        let trail = try Trail()
        for name in names {
            var record = record(.refused)
            record.name = name
            try trail.sink.record(record, urgency: .deferrable)
        }
        trail.sink.close()
        return try trail.lines()
    }

    /// What a name's line has from the name on, without the newline that `carefully` added.
    private func fields(_ line: String, carefully: Bool) -> String {
        let fields = line.components(separatedBy: #""name":"#).dropFirst().joined()
        guard carefully else { return fields }
        let string = fields.replacingOccurrences(of: #"\u000a""#, with: #"""#)
        guard string.contains(#""name_hex":"#) else { return string }
        return string.replacingOccurrences(of: #"0a"}"#, with: #""}"#)
    }

    private func compare(_ names: [[UInt8]]) throws {
        let fast = try lines(names)
        let careful = try lines(names.map { $0 + [0x0A] })
        #expect(fast.count == names.count)
        #expect(careful.count == names.count)
        for (name, (fast, careful)) in zip(names, zip(fast, careful)) {
            #expect(fields(fast, carefully: false) == fields(careful, carefully: true), "\(name)")
        }
    }

    @Test(arguments: [1, 3, 7, 8, 9, 17])
    func `is written as the careful way writes it, whatever byte is anywhere in it`(count: Int) throws {
        for position in 0..<count {
            try compare(
                (0...255 as ClosedRange<UInt8>).map { byte in
                    var name = [UInt8](repeating: UInt8(ascii: "~"), count: count)
                    name[position] = byte
                    return name
                })
        }
    }

    @Test func `is written as the careful way writes it, of random bytes`() throws {
        var random = SystemRandomNumberGenerator()
        try compare(
            (0..<2000).map { _ in
                let highest: UInt8 = [0x7E, 0x7F, 0xFF].randomElement(using: &random) ?? 0xFF
                let lowest: UInt8 = [0x00, 0x20, 0x5D].randomElement(using: &random) ?? 0x00
                return (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: lowest...highest, using: &random)
                }
            })
    }
}

@Suite struct `A line of any length` {
    @Test func `is whole, also where it outgrows the room that is reserved for most`() throws {
        let trail = try Trail()
        let counts = Array(1850...2100) + [4000, 8000, 20_000, 60_000]
        for count in counts {
            try trail.sink.record(
                record(.opened, name: String(repeating: "n", count: count)), urgency: .deferrable)
        }
        trail.sink.close()
        let names = try trail.lines().map { try object($0)["name"] as? String }
        #expect(names.map { $0?.utf8.count } == counts)
    }

    @Test func `is whole, also where every byte becomes an escape and two digits`() throws {
        let trail = try Trail()
        var record = record(.opened)
        record.name = Array(repeating: 1, count: 4095) + [0xFF]
        record.object = record.name
        try trail.sink.record(record, urgency: .beforeAnswer)
        let found = try object(trail.text())
        let expected = String(repeating: "01", count: 4095) + "ff"
        #expect(found["name_hex"] as? String == expected)
        #expect(found["object_hex"] as? String == expected)
    }
}

@Suite struct `What is kept from one record to the next` {
    @Test func `is never another record's`() throws {
        let trail = try Trail()
        let flags: [UInt32] = [0, 2, 2, 0o40002, 0, 0x8000_0000]
        let expected = ["O_RDONLY", "O_RDWR", "O_RDWR", "O_RDWR|O_DIRECT", "O_RDONLY", "O_RDONLY|0x80000000"]
        let seconds: [Int64] = [0, 0, 1, 0, -1, 1]
        let times = ["00:00", "00:00", "00:01", "00:00", "59:59", "00:01"]
        for (flags, second) in zip(flags, seconds) {
            var record = record(.opened)
            record.flags = flags
            record.time = second * 1_000_000_000
            try trail.sink.record(record, urgency: .beforeAnswer)
        }
        let found = try trail.lines().map(object)
        #expect(found.map { $0["flags"] as? String } == expected)
        #expect(found.compactMap { ($0["time"] as? String)?.dropFirst(14).prefix(5) } == times.map { $0[...] })
    }
}
