import Foundation
import HookAuthoring
import HookPolicy
import Testing

/// A domain in `Domains`, and what is made of it: `NAME.policy`, or `NAME.error` beside `NAME.xml`.
///
/// A comment at the beginning of the XML says what the host is like (``FakeHost``), what `openhook generate` is asked
/// for (`within DIRECTORY`, `data-file FILE`, `snapshots DIRECTORY[:PATTERN]`), and what must never be granted (`never PATH`).
struct DomainFixture: Sendable, CustomTestStringConvertible {
    let name: String

    var testDescription: String { name }

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(component: "Domains")

    static let all: [DomainFixture] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasSuffix(".xml") }.map { DomainFixture(name: String($0.dropLast(4))) }
            .sorted { $0.name < $1.name }
    }()

    private func file(_ suffix: String) -> URL { Self.directory.appending(component: "\(name).\(suffix)") }

    func xml() throws -> [UInt8] { Array(try Data(contentsOf: file("xml"))) }

    /// What is expected, and of which kind: `policy` or `error`.
    func expected(_ kind: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: file(kind).path) else { return nil }
        return try String(contentsOf: file(kind), encoding: .utf8)
    }

    /// Writes down what is made now, to be read before it is committed.
    func write(_ text: String, as kind: String) throws {
        for other in ["policy", "error"] where other != kind { try? FileManager.default.removeItem(at: file(other)) }
        try Data(text.utf8).write(to: file(kind))
    }

    /// The lines of the comment at the beginning.
    func lines() throws -> [String] {
        let text = String(decoding: try xml(), as: UTF8.self)
        guard text.hasPrefix("<!--"), let end = text.range(of: "-->") else { return [] }
        return text[text.index(text.startIndex, offsetBy: 4)..<end.lowerBound].split(separator: "\n").map(String.init)
    }

    private func values(_ key: String) throws -> [[UInt8]] {
        try lines().filter { $0.hasPrefix("\(key) ") }.map { Array($0.dropFirst(key.count + 1).utf8) }
    }

    func options() throws -> GenerateOptions {
        var options = GenerateOptions()
        options.within = try values("within").compactMap { AbsolutePath($0) }
        options.dataFiles = try values("data-file").compactMap { AbsolutePath($0) }
        options.snapshots = try values("snapshots").compactMap { SnapshotRule(option: $0) }
        return options
    }

    func forbiddenNames() throws -> [[UInt8]] { try values("never") }

    func generate() throws -> GeneratedPolicy {
        let host = FakeHost(try lines())
        let inventory = try InventorySource.domain(try xml()).read(directory: nil, host: host)
        return try PolicyGenerator(inventory, try options(), host: host).generate()
    }
}
