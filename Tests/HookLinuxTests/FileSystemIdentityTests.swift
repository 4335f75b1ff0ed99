import HookLinux
import SystemPackage
import TestSupport
import Testing

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
