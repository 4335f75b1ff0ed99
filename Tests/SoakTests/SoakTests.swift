import Foundation
import Glibc
import HookLinux
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// What must stay as it was, however long a server runs.
@Suite(.serialized)
struct SoakTests {
    @Test func `30,000 requests leave memory and descriptors where they were after the first 1,000`() throws {
        let directory = try Self.images()
        let server = try TestServer(Self.policy(directory, granting: "rw"), in: directory)
        let client = try server.connect()
        let names = ["images/a.img", "images/b.img", "images/missing.img", "images/link.img", "elsewhere"]
        func ask(_ count: Int) throws {
            for number in 0..<count {
                _ = try client.open(directory.path(names[number % names.count]), number % 7 == 0 ? O_RDWR : O_RDONLY)
            }
            // Once this is answered, what was granted before is closed.
            _ = try client.open(directory.path("elsewhere"), O_RDONLY)
        }
        try ask(1000)
        let descriptors = try server.descriptorCount()
        let memory = try Self.privateKilobytes(of: server.pid)
        try ask(29_000)
        #expect(try server.descriptorCount(awaiting: descriptors) == descriptors)
        // A page or two of the C library's heap may be touched later than in the first thousand; a leak of one byte a
        // request would be 29 kB.
        #expect(try Self.privateKilobytes(of: server.pid) <= memory + 20)
    }

    @Test func `every reply matches one of two policies while they replace each other 1,000 times`() throws {
        let directory = try Self.images()
        let first = try Self.policy(directory, granting: "rw")
        let second = try Self.policy(directory, granting: "ro")
        let server = try TestServer(first, in: directory)
        let reloads = try Reloads(server, directory, [first, second])
        var client = try server.connect()
        var granted = 0
        var refused = 0
        while !reloads.areOver {
            // Whoever connects meanwhile is let in.
            if (granted + refused) % 16 == 15 { client = try server.connect() }
            // A reader is granted by both; a writer by the one, and refused for want of rights by the other.
            #expect(try client.open(directory.path("images/a.img"), O_RDONLY).file != nil)
            switch try client.open(directory.path("images/a.img"), O_RDWR) {
            case .granted: granted += 1
            case .refused(let errno):
                #expect(errno == .permissionDenied)
                refused += 1
            case .closed: Issue.record("the connection was closed")
            }
            // So that where a reload takes long the trail does not grow beyond what can be read.
            usleep(100)
        }
        #expect(granted > 0 && refused > 0)
        #expect(try server.records("policy-kept").isEmpty)
        #expect(try server.records("connection-refused").isEmpty)
        let stages = Set(try server.records("refused").compactMap(\.stage))
        #expect(stages == ["policy"])
    }

    // MARK: -

    static func images() throws -> ScratchDirectory {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        for name in ["a", "b"] { try directory.file("images/\(name).img") }
        try directory.symlink("images/link.img", to: "a.img")
        return directory
    }

    static func policy(_ directory: ScratchDirectory, granting access: String) throws -> String {
        """
        openhook 1
        vm soak
        selinux off
        peer any
        rate off
        root images \(directory.path("images")) {
            allow \(access) *.img
        }

        """
    }

    /// `Private_Dirty` of `smaps_rollup` (proc(5)).
    static func privateKilobytes(of pid: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Private_Dirty:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }
}

/// Policies that replace each other beside a test, on a thread of their own.
private final class Reloads: Sendable {
    private let over = Atomic<Bool>(false)

    var areOver: Bool { over.load(ordering: .acquiring) }

    /// Each of them is in force before the next one is written: 1,000 in all.
    init(_ server: TestServer, _ directory: ScratchDirectory, _ policies: [String]) throws {
        let (pid, audit) = (server.pid, directory.path("audit"))
        try HookLinux.Thread.start { [self] in
            defer { over.store(true, ordering: .releasing) }
            for number in 0..<1000 {
                do {
                    try directory.replace("policy", policies[(number + 1) % policies.count])
                } catch {
                    Issue.record(error)
                    return
                }
                kill(pid, SIGHUP)
                guard Self.awaitGeneration(number + 2, audit) else {
                    Issue.record("generation \(number + 2) is not in force")
                    return
                }
            }
        }
    }

    /// Waits for the record of a generation, by the end of the audit file.
    private static func awaitGeneration(_ generation: Int, _ audit: String) -> Bool {
        let wanted = "\"generation\":\(generation),"
        for _ in 0..<100_000 {
            if tail(of: audit).contains(wanted) { return true }
            usleep(200)
        }
        return false
    }

    private static func tail(of file: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: file), let end = try? handle.seekToEnd() else { return "" }
        try? handle.seek(toOffset: end > 4096 ? end - 4096 : 0)
        return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }
}
