import HookLinux
import SystemPackage
import TestSupport
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct SystemPathTests {
    @Test func `a NUL is refused`() {
        #expect(failure { () throws(Errno) in try SystemPath([0]) } == .invalidArgument)
        #expect(failure { () throws(Errno) in try SystemPath(bytes("/a\0b")) } == .invalidArgument)
    }

    @Test func `any other bytes are kept as they are`() throws {
        let all = (UInt8(1)...255).map { $0 }
        let path = try SystemPath(all)
        #expect(path.bytes == all)
        #expect(path.count == 255)
        #expect(path[254] == 255)
    }

    @Test func `text ends at a NUL`() {
        #expect(SystemPath(text: "/a\0b").bytes == bytes("/a"))
    }

    @Test func `an empty path is empty, and stays usable`() {
        var path = SystemPath()
        #expect(path.isEmpty)
        path.append(UInt8(ascii: "/"))
        #expect(path.bytes == bytes("/"))
        path.removeAll()
        #expect(path.isEmpty)
        #expect(path == SystemPath(""))
    }

    @Test func `a path is replaced, extended and cut`() {
        var path = SystemPath("/old and longer")
        path.assign(bytes("/a").span)
        path.append(bytes("/b").span)
        #expect(path.text == "/a/b")
        path.append(0)
        #expect(path.text == "/a/b")
        path.truncate(to: 2)
        #expect(path.text == "/a")
        path.truncate(to: 2)
        path.truncate(to: 100)
        path.truncate(to: -1)
        #expect(path.text == "/a")
        path.truncate(to: 0)
        #expect(path.isEmpty)
    }

    @Test(arguments: [("", "/x"), ("/", "/x"), ("/a", "/a/x"), ("/a/", "/a/x")])
    func `a component is appended with one slash`(path: String, expected: String) {
        var path = SystemPath(text: path)
        path.appendComponent(bytes("x").span)
        #expect(path.text == expected)
    }

    @Test(arguments: [("/a/b", 3), ("/a", 1), ("/", 1), ("a", 0), ("", 0), ("/a/", 3)])
    func `the last component begins after the last slash`(path: String, start: Int) {
        #expect(SystemPath(text: path).lastComponentStart == start)
    }

    @Test(arguments: [
        ("/images", "/images", true), ("/images/x", "/images", true), ("/images2", "/images", false),
        ("/imag", "/images", false), ("/", "/", true), ("/x", "/", true), ("x", "/", false), ("", "/", false),
        ("/images/", "/images", true),
    ])
    func `beneath is told by whole components`(path: String, directory: String, expected: Bool) {
        #expect(SystemPath(text: path).isBeneathOrEqual(bytes(directory).span) == expected)
    }

    @Test func `an ending is compared byte by byte`() {
        #expect(SystemPath("/x (deleted)").ends(with: " (deleted)"))
        #expect(!SystemPath("/x (deleted) ").ends(with: " (deleted)"))
        #expect(!SystemPath("d)").ends(with: " (deleted)"))
        #expect(SystemPath("x").ends(with: ""))
    }
}
