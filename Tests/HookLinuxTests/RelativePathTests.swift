import HookLinux
import SystemPackage
import TestSupport
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct RelativePathTests {
    @Test(arguments: ["x", "a/b", "...", ".x", "x.", "..x", "x../y", "a b"])
    func `what follows a directory's name is a relative path`(rest: String) throws {
        let path = try #require(RelativePath(SystemPath(text: "/root/" + rest), from: 6))
        #expect(path.bytes == bytes(rest))
        #expect(path.count == rest.utf8.count)
    }

    @Test(arguments: ["", ".", "..", "/x", "a//b", "a/", "a/./b", "a/../b", "../a", "a/..", "./a", "a/."])
    func `empty components and dots are none`(rest: String) {
        #expect(RelativePath(SystemPath(text: "/root/" + rest), from: 6) == nil)
    }

    @Test(arguments: [-1, 2, 3, .max]) func `a start outside of the path is none`(start: Int) {
        #expect(RelativePath(SystemPath("/x"), from: start) == nil)
    }

    @Test(arguments: [("x", "."), ("a/b", "a"), ("a/b/c", "a/b")])
    func `the parent of a single component is the directory itself`(rest: String, parent: String) throws {
        let path = try #require(RelativePath(SystemPath(text: "/root/" + rest), from: 6))
        #expect(try path.parent().text == parent)
    }
}
