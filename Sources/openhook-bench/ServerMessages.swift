import HookLinux
import SystemPackage

/// What a server says while it starts: kept in a file, and shown if it does not start.
struct ServerMessages {
    let file: String

    /// Empties it, for the next server.
    func open() throws(BenchError) -> OwnedDescriptor {
        OwnedDescriptor(taking: try WorkingDirectory.create(file).rawValue)
    }

    /// What the last server said.
    var text: String {
        let bytes = try? SmallFile.read(SystemPath(text: file), limit: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }
}
