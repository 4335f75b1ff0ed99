import Foundation
import HookPolicy
import SystemPackage

/// The files under `policy/examples`.
///
/// One that begins with `openhook 1` is a policy; any other is there to be included.
enum ExamplePolicies {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(components: "policy", "examples", directoryHint: .isDirectory)

    /// Beneath the folder, in order: `common/firmware.policy`.
    static let names: [String] = {
        let found = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return found.filter { $0.hasSuffix(".policy") }.sorted()
    }()

    static let policyNames = names.filter { name in
        let lines = String(decoding: bytes(name) ?? [], as: UTF8.self).split(separator: "\n")
        return lines.first { !$0.hasPrefix("#") } == "openhook 1"
    }

    /// Reads a policy and what it includes.
    static func parse(_ name: String) -> ParseResult {
        let main = SourceFile(name: Array(name.utf8), bytes: bytes(name) ?? [])
        return PolicyParser.parse(main: main) { path in
            guard let bytes = bytes(String(decoding: path, as: UTF8.self)) else {
                return .unreadable(.noSuchFileOrDirectory)
            }
            return .file(bytes)
        }
    }

    /// A name without the `..` that an include may have: `fleet/../common/firmware.policy`.
    static func plain(_ name: [UInt8]) -> String {
        let file = folder.appending(path: String(decoding: name, as: UTF8.self)).standardizedFileURL
        return String(file.path.dropFirst(folder.standardizedFileURL.path.count).drop { $0 == "/" })
    }

    private static func bytes(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: name))).map(Array.init)
    }
}
