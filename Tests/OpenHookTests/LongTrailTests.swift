import Foundation
import Glibc
import Testing

/// A trail of a million lines is read in the memory that a short one takes.
struct LongTrailTests {
    private static let names = 250

    /// Half of the lines are deliveries, as in a real trail; 250 names are refused again and again.
    private func write(_ blocks: Int, to file: URL) throws {
        let head = "{\"time\":\"2026-11-21T00:37:41.000000Z\",\"vm\":\"web01\",\"generation\":1,\"event\":"
        let tail = "\"flags\":\"O_RDWR\",\"access\":\"rw\",\"peer_pid\":7,\"peer_uid\":9,\"selinux\":\"off\"}\n"
        var block = ""
        for number in 0..<Self.names {
            block += head + "\"opened\",\"name\":\"/srv/images/web01.qcow2\"," + tail
            block += head + "\"handed-over\",\"name\":\"/srv/images/web01.qcow2\"}\n"
            block += head + "\"refused\",\"stage\":\"policy\",\"name\":\"/srv/images/missing-\(number)\"," + tail
            block += head + "\"handed-over\",\"name\":\"/srv/images/web01.qcow2\"}\n"
        }
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        for _ in 0..<blocks { try handle.write(contentsOf: Data(block.utf8)) }
        try handle.close()
    }

    /// Learns from a trail, and returns how much memory the command had at most, in kB: `ru_maxrss` of wait4(2).
    private func learn(_ scene: Scene, lines: Int) throws -> Int {
        let trail = scene.top.appending(component: "\(lines).jsonl")
        try write(lines / (4 * Self.names), to: trail)
        let words = [
            Program.product("openhook"), "learn", trail.path, "--policy", scene.policy, "--yes", "-o",
            trail.path + ".policy",
        ]
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        try #require(unsafe posix_spawn(&process, words[0], nil, nil, &arguments, environ) == 0)
        var (status, usage) = (Int32(0), rusage())
        while unsafe wait4(process, &status, 0, &usage) < 0 { try #require(errno == EINTR) }
        #expect(status == 0)
        return usage.ru_maxrss
    }

    @Test func `memory does not grow with the length of the trail`() throws {
        let scene = try Scene()
        try scene.write("openhook 1\nvm web01\npeer any\nselinux off\nallow rw /srv/images/web01.qcow2\n")
        let short = try learn(scene, lines: 10_000)
        let long = try learn(scene, lines: 1_000_000)
        #expect(long > 1000)
        // The trail itself has some 170 MB.
        #expect(long < short + 8_000, "\(short) kB, \(long) kB")
    }
}
