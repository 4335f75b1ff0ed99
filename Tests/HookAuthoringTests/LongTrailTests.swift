import Foundation
import HookPolicy
import HookLinux
import SystemPackage
import Testing

@testable import HookAuthoring

/// A trail of a million lines is read in the memory that a short one takes.
struct LongTrailTests {
    private static let lineCount = 1_000_000

    @Test func `memory does not grow with the length of the trail`() throws {
        let policy = try policy("allow rw /srv/images/web01.qcow2\n")
        let file = FileManager.default.temporaryDirectory.appending(component: "long-trail-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Self.write(to: file, policy)
        let log = try AuditLog(SystemPath(text: file.path))
        let before = try Self.residentKilobytes()
        let session = try LearnSession(log, policy, within: [], .never)
        #expect(session.reading.lines == Self.lineCount)
        #expect(session.items.count == 250)
        let outcome = try session.outcomeOfEverything()
        #expect(outcome.replayed == Self.lineCount / 2)
        let growth = try Self.residentKilobytes() - before
        // The trail itself has some 200 MB.
        #expect(growth < 24_000, "\(growth) kB")
    }

    /// Half of the lines are deliveries, as in a real trail; 250 names are refused again and again.
    private static func write(to file: URL, _ policy: Policy) throws {
        let granted = Trail.line(Array("/srv/images/web01.qcow2".utf8), .readWrite, by: policy)
        var block = ""
        for number in 0..<250 {
            block += granted + "\n"
            block += granted.replacing("\"opened\"", with: "\"handed-over\"") + "\n"
            block += granted.replacing("\"opened\"", with: "\"handed-over\"") + "\n"
            block += Trail.line(Array("/srv/images/missing-\(number).qcow2".utf8), .readOnly, by: policy) + "\n"
        }
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        let bytes = Data(block.utf8)
        for _ in 0..<(lineCount / 1000) { try handle.write(contentsOf: bytes) }
    }

    /// `VmRSS` of proc_pid_status(5): this process's.
    private static func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test func `rules are proposed for so many names and no more`() throws {
        let policy = try policy("")
        let trail = try Trail((0..<1500).map { Trail.line(Array("/a/\($0)".utf8), .readOnly, by: policy) })
        let session = try LearnSession(trail.log(), policy, within: [], .never)
        #expect(session.items.count == WishList.mostWishes)
        #expect(session.wishes.excessCount == 500)
    }
}
