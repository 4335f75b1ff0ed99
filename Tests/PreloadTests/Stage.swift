import Foundation
import Testing

/// A directory that is reached through a bare server, with `a` ("hello") and `b` ("world") in it; removed at the end.
final class Stage {
    /// How the program is connected to the server.
    enum Channel: String, CaseIterable, CustomTestStringConvertible {
        case inheritedStream = "OPENHOOK_FD, stream"
        case inheritedPackets = "OPENHOOK_FD, packets"
        case listeningStream = "OPENHOOK_SOCKET, stream"
        case listeningPackets = "OPENHOOK_SOCKET, packets"

        var testDescription: String { rawValue }
        var sendsPackets: Bool { self == .inheritedPackets || self == .listeningPackets }
        var isInherited: Bool { self == .inheritedStream || self == .inheritedPackets }
    }

    /// Whose rights the program has: the test's own, or nobody's, who cannot enter the directory.
    enum Rights { case own, nobody }

    private let top: URL
    let root: String

    init() throws {
        top = FileManager.default.temporaryDirectory.appending(component: "stage-\(UUID().uuidString)")
        root = top.appending(component: "images").path
        let files = FileManager.default
        try files.createDirectory(atPath: root, withIntermediateDirectories: true)
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: top.path)
        try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: root)
        try Data("hello\n".utf8).write(to: URL(filePath: "\(root)/a"))
        try Data("world\n".utf8).write(to: URL(filePath: "\(root)/b"))
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: top)
        } catch {
            print("not removed: \(top.path): \(error)")
        }
    }

    /// A name outside the root, for files of the test itself.
    func outside(_ name: String) -> String { top.appending(component: name).path }

    /// Runs a program under the preload library, whose server serves the root.
    func run(
        _ program: [String], over channel: Channel = .inheritedStream, with rights: Rights = .own,
        paths: String? = nil, preload: String? = nil
    ) throws -> Workbench.Run {
        let library = try preload ?? Workbench.library.get()
        let settings = ["--set", "LD_PRELOAD=\(library)", "--set", "OPENHOOK_PATHS=\(paths ?? root)"]
        return try serve(program, over: channel, with: rights, settings: settings)
    }

    func probe(_ words: String..., over channel: Channel = .inheritedStream) throws -> Workbench.Run {
        try run([Workbench.probe.get(), words[0], root] + words.dropFirst(), over: channel)
    }

    /// Runs a program beside a server, without the preload library.
    func serve(
        _ program: [String], over channel: Channel = .inheritedStream, with rights: Rights = .own,
        settings: [String] = []
    ) throws -> Workbench.Run {
        var words = [try Workbench.bareServer.get(), "--log", outside("log")] + settings
        if channel.sendsPackets { words.append("--packets") }
        if !channel.isInherited { words += ["--socket", outside("socket")] }
        if rights == .nobody { words += ["--user", "65534"] }
        return try Workbench.run(words + [root, "--"] + program, in: top)
    }

    /// What the server was asked, in its own words, with the root's name as `ROOT`; the log is then empty.
    func requests() throws -> [String] {
        let log = URL(filePath: outside("log"))
        guard FileManager.default.fileExists(atPath: log.path) else { return [] }
        let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        try FileManager.default.removeItem(at: log)
        return text.replacing(root, with: "ROOT").split(separator: "\n").map(String.init)
    }
}
