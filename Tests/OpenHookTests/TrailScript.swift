import Foundation
import HookLinux
import HookWire
import SystemPackage
import TestSupport

/// How a folder of `Trails` was recorded: its file `requests`, a line each.
///
///     file NAME        fifo NAME        link NAME TARGET        second NAME OLD        what there is beside the usual
///     ask FLAGS NAME   a request; `IMAGES` in the name stands for the directory of the images
///     then TEXT        a line that the server did not write
///
/// In names `\n` and `\xNN` stand for bytes.
struct TrailScript {
    let policy: String
    private let lines: [String]

    /// As they stand in the policies and trails of the folders.
    private static let images = "/srv/images"

    init(_ folder: URL) throws {
        policy = try String(contentsOf: folder.appending(component: "vm.policy"), encoding: .utf8)
        lines = try String(contentsOf: folder.appending(component: "requests"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// Runs a server and asks it.
    ///
    /// - Returns: its trail, with all that is another thing each time in the place of itself.
    func record() throws -> String {
        let directory = try ScratchDirectory()
        let images = directory.path("images")
        for name in ["images", "images/base", "images/pool"] { try directory.directory(name) }
        for name in ["disk.qcow2", "base/a.qcow2", "base/b.qcow2", "pool/c.qcow2"] {
            try directory.file("images/" + name)
        }
        for line in lines { try prepare(line.split(separator: " ").map(String.init), directory) }
        let server = try TestServer(policy.replacing(Self.images, with: images), in: directory)
        let connection = try server.connect()
        for line in lines where line.hasPrefix("ask ") {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            let name = Self.bytes(parts[2].replacing("IMAGES", with: images))
            _ = try connection.open(name, try Self.flags(parts[1]))
        }
        _ = try server.stop()
        let trail = try Self.steady(directory.text("audit"), directory.path)
        return trail + lines.filter { $0.hasPrefix("then ") }.map { $0.dropFirst(5) + "\n" }.joined()
    }

    private func prepare(_ words: [String], _ directory: ScratchDirectory) throws {
        let names = words.dropFirst().map { "images/" + $0 }
        switch words[0] {
        case "file": try directory.file(names[0])
        case "fifo": try directory.fifo(names[0])
        case "link": try directory.symlink(names[0], to: words[2])
        case "second": try directory.hardLink(names[0], to: names[1])
        default: return
        }
    }

    private static func flags(_ text: String) throws -> CInt {
        // The access mode that is none has no word to be asked for.
        if text == "O_ACCMODE" { return CInt(OpenFlags.accessMode.rawValue) }
        return CInt(try OpenFlags(parsing: text).rawValue)
    }

    private static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "n") {
                bytes.append(UInt8(ascii: "\n"))
                rest.removeFirst()
            } else if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
                let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest.removeFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// Times, processes, users and the directory are other ones in each run.
    private static func steady(_ trail: String, _ directory: String) throws -> String {
        let hex = { (text: String) in text.utf8.map { String($0, radix: 16) }.joined() }
        let known = trail.replacing(directory + "/images", with: images)
            .replacing(hex(directory + "/images"), with: hex(images)).replacing(directory, with: "/srv")
        var text = ""
        for (number, line) in known.split(separator: "\n").enumerated() {
            let second = number < 10 ? "0\(number)" : "\(number)"
            text +=
                try line
                .replacing(Regex(#""time":"[^"]*""#), with: #""time":"2026-11-21T02:00:\#(second).000000Z""#)
                .replacing(Regex(#""peer_pid":[0-9]+"#), with: #""peer_pid":1000"#)
                .replacing(Regex(#""peer_(uid|gid)":[0-9]+"#)) { "\"peer_\($0.output[1].substring ?? "")\":0" }
                .replacing(Regex(#""device":"[^"]*""#), with: #""device":"8:1""#)
                .replacing(Regex(#""inode":[0-9]+"#), with: #""inode":12"#)
                .replacing(Regex(#""microseconds":[0-9]+"#), with: #""microseconds":50"#) + "\n"
        }
        return text
    }
}
