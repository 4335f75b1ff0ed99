import Foundation
import Testing

/// The preload library, compiled once with the flags that the package's own command uses.
enum PreloadLibrary {
    static let path: Result<String, any Error> = Result {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(components: "Sources", "OpenHookPreload")
        let library = FileManager.default.temporaryDirectory
            .appending(component: "libopenhook-\(UUID().uuidString).so").path
        let compile = "cc @compile_flags.txt -O2 -o '\(library)' *.c && chmod 755 '\(library)'"
        let run = try Program.run("/bin/sh", ["-c", compile], directory: sources)
        try #require(run.status == 0, "\(run.errors)")
        atexit { PreloadLibrary.remove() }
        return library
    }

    private static func remove() {
        do { try FileManager.default.removeItem(atPath: path.get()) } catch { print("not removed: \(error)") }
    }
}
