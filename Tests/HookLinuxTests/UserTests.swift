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

@Suite(.enabled(if: Privilege.isRoot, "needs root, to take another user's rights"))
struct FileSystemIdentityTests {
    private static let nobody = UserIdentity(uid: 65_534, gid: 65_534, groups: [])

    @Test func `rights at files are the user's as long as the value lives, for this thread alone`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("root's", mode: 0o600)
        let own = try UserIdentity.own()
        let path = scratch.path("root's")
        func mayRead() -> Bool {
            (try? GrantedFile(opening: path, flags: OpenFlag.readOnly | OpenFlag.closeOnExec)) != nil
        }
        #expect(mayRead())
        // A thread has the rights of the one that starts it: so it is there before.
        let other = try WaitingThread { mayReadElsewhere(path) }
        do {
            let identity = try FileSystemIdentity(of: Self.nobody, insteadOf: own)
            #expect(!mayRead())
            #expect(try UserIdentity.own().groups == [])
            #expect(other.run() == true)
            extendLifetime(identity)
        }
        #expect(mayRead())
        #expect(try UserIdentity.own() == own)
    }

    @Test func `what a user makes is the user's`() throws {
        let scratch = try ScratchDirectory()
        try scratch.setMode(".", 0o777)
        do {
            let identity = try FileSystemIdentity(
                of: UserIdentity(uid: 4321, gid: 5432, groups: [6543]), insteadOf: try .own())
            #expect(try UserIdentity.own().groups == [6543])
            try scratch.file("made")
            extendLifetime(identity)
        }
        #expect(try scratch.status("made").owner == 4321)
        #expect(try scratch.status("made").group == 5432)
    }
}

private func mayReadElsewhere(_ path: String) -> Bool {
    (try? GrantedFile(opening: path, flags: OpenFlag.readOnly | OpenFlag.closeOnExec)) != nil
}
