import Foundation
import Testing

/// A folder with images and a policy; removed at the end.
final class Scene: Sendable {
    let top: URL
    let policy: String

    init(_ rules: String = Scene.rules, settings: String = Scene.settings) throws {
        top = FileManager.default.temporaryDirectory.appending(component: "openhook-\(UUID().uuidString)")
        policy = top.appending(component: "vm.policy").path
        try FileManager.default.createDirectory(
            at: top.appending(components: "images", "base"), withIntermediateDirectories: true)
        for name in ["disk.qcow2", "base/golden.qcow2"] {
            try Data("hello\n".utf8).write(to: top.appending(components: "images", name))
        }
        try write(
            "openhook 1\n\(settings)\nroot images \(top.path)/images {\n" + rules + "}\n")
    }

    deinit {
        do { try FileManager.default.removeItem(at: top) } catch { print("not removed: \(top.path): \(error)") }
    }

    static let settings = "vm web01\nselinux if-enabled\npeer any"
    static let rules = """
            label system_u:object_r:svirt_image_t:${level}
            symlinks inside
            allow rw disk.qcow2
            allow ro base/*.qcow2
            allow rw snap-*.qcow2 create limit 4
            deny rw base/private

        """

    func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: policy))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policy)
    }

    func name(_ relative: String) -> String { "\(top.path)/images/\(relative)" }

    /// A text with the folder's name as `TOP`.
    func shortened(_ text: String) -> String { text.replacing(top.path, with: "TOP") }
}

/// A real openhookd on a scene's policy; ended at the end.
final class RunningServer {
    private let process = Process()
    let socket: String

    init(_ scene: Scene) throws {
        socket = scene.top.appending(component: "hook.sock").path
        process.executableURL = URL(filePath: Program.product("openhookd"))
        process.arguments = [
            "--policy", scene.policy, "--socket", socket, "--audit", scene.top.appending(component: "audit.jsonl").path,
            "--ready-fd", "1",
        ]
        let ready = Pipe()
        process.standardOutput = ready
        process.standardError = FileHandle.nullDevice
        try process.run()
        let word = try #require(try ready.fileHandleForReading.read(upToCount: 8))
        #expect(String(decoding: word, as: UTF8.self) == "READY=1\n")
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}
