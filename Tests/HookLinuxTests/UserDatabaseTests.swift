import HookLinux
import SystemPackage
import TestSupport
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct UserDatabaseTests {
    @Test func `root is known by name and by number`() throws {
        let root = try UserDatabase.user(bytes("root"))
        #expect(root.uid == 0)
        #expect(root.gid == 0)
        #expect(try UserDatabase.user(bytes("0")) == UserIdentity(uid: 0, gid: 0, groups: []))
        #expect(try UserDatabase.group(bytes("root")) == 0)
    }

    @Test(arguments: [("12345", UInt32(12345)), ("4294967294", 4_294_967_294), ("007", 7)])
    func `a number need not be known`(text: String, number: UInt32) throws {
        #expect(try UserDatabase.user(bytes(text)) == UserIdentity(uid: number, gid: number, groups: []))
        #expect(try UserDatabase.group(bytes(text)) == number)
    }

    @Test(arguments: [
        "", "nobody-has-this-name", "4294967295", "4294967296", "99999999999999999999", "-1", "0x0", "1 ", "٣",
    ])
    func `what is neither a name nor a number is unknown`(text: String) {
        #expect(failure { () throws(Errno) in try UserDatabase.user(bytes(text)) } == .noSuchFileOrDirectory)
        #expect(failure { () throws(Errno) in try UserDatabase.group(bytes(text)) } == .noSuchFileOrDirectory)
    }

    @Test func `a NUL in a name is an error`() {
        #expect(failure { () throws(Errno) in try UserDatabase.user(bytes("root\0")) } == .invalidArgument)
    }
}
