import HookLinux
import SystemPackage
import TestSupport
import Testing

struct DirectoryListingTests {
    private func names(in scratch: ScratchDirectory) throws -> [[UInt8]] {
        let root = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        var names: [[UInt8]] = []
        try DirectoryListing.forEachName(in: root.descriptor) { name in
            names.append(name.indices.map { name[$0] })
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test func `an empty directory has no names`() throws {
        #expect(try names(in: ScratchDirectory()).isEmpty)
    }

    @Test func `names of any bytes and kinds are given, and dots are not`() throws {
        let scratch = try ScratchDirectory()
        let odd: [[UInt8]] = [
            [0xff, 0xfe], Array("a\nb".utf8), Array("...".utf8), Array("..x".utf8), Array(".x".utf8),
        ]
        for name in odd { try scratch.file(scratch.bytes("") + name) }
        try scratch.directory("directory")
        try scratch.symlink("link", to: "nowhere")
        let expected = odd + [Array("directory".utf8), Array("link".utf8)]
        #expect(try names(in: scratch) == expected.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `many long names are given once each`() throws {
        let scratch = try ScratchDirectory()
        let expected = (1000..<1400).map { "\($0)" + String(repeating: "n", count: 251) }
        for name in expected { try scratch.file(name, "") }
        #expect(try names(in: scratch) == expected.map { Array($0.utf8) })
    }

    @Test func `what is no directory is an error`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file")
        let root = try RootDirectory(ambientPath: SystemPath(text: scratch.path))
        let file = try root.resolve(climbing: "file", links: .refuse, mounts: .refuse)
        #expect(failure { () throws(Errno) in try DirectoryListing.forEachName(in: file) { _ in } } == .notDirectory)
    }
}
