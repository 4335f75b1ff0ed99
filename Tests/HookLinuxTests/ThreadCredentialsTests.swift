import HookLinux
import SystemPackage
import TestSupport
import Testing

@Suite(.enabled(if: Privilege.isRoot, "needs root, to take another user's rights"))
struct ThreadCredentialsTests {
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
            let identity = try ThreadCredentials(.fileSystem, of: Self.nobody, insteadOf: own)
            #expect(!mayRead())
            #expect(try UserIdentity.own().groups == [])
            #expect(other.run() == true)
            extendLifetime(identity)
        }
        #expect(mayRead())
        #expect(try UserIdentity.own() == own)
    }

    @Test(arguments: [UserIdentity(uid: 65_534, gid: 65_534, groups: []), UserIdentity(uid: 0, gid: 0, groups: [7])])
    func `a thread that acts as somebody else at all calls has no capability`(user: UserIdentity) throws {
        let own = try UserIdentity.own()
        let capabilities = try effectiveCapabilities()
        #expect(capabilities != "0000000000000000")
        let other = try WaitingThread { (try? effectiveCapabilities()) == capabilities }
        do {
            let credentials = try ThreadCredentials(.effective, of: user, insteadOf: own)
            #expect(try UserIdentity.own() == user)
            #expect(try effectiveCapabilities() == "0000000000000000")
            #expect(other.run() == true)
            extendLifetime(credentials)
        }
        #expect(try UserIdentity.own() == own)
        #expect(try effectiveCapabilities() == capabilities)
    }

    @Test func `who may not act as somebody else goes on as before`() throws {
        let own = try UserIdentity.own()
        let capabilities = try effectiveCapabilities()
        do {
            let without = try ThreadCredentials(.effective, of: own, insteadOf: own)
            #expect(throws: Errno.notPermitted) {
                _ = try ThreadCredentials(.fileSystem, of: Self.nobody, insteadOf: own)
            }
            #expect(throws: Errno.notPermitted) {
                _ = try ThreadCredentials(.effective, of: Self.nobody, insteadOf: own)
            }
            #expect(try UserIdentity.own() == own)
            extendLifetime(without)
        }
        #expect(try effectiveCapabilities() == capabilities)
    }

    @Test func `what a user makes is the user's`() throws {
        let scratch = try ScratchDirectory()
        try scratch.setMode(".", 0o777)
        do {
            let identity = try ThreadCredentials(
                .fileSystem, of: UserIdentity(uid: 4321, gid: 5432, groups: [6543]), insteadOf: try .own())
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

/// Of the calling thread.
private func effectiveCapabilities() throws -> String {
    let status = try SmallFile.read(SystemPath("/proc/thread-self/status"), limit: 65_536)
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    return line.map { $0.dropFirst("CapEff:".count).trimmingPrefix { $0.isWhitespace } }.map(String.init) ?? ""
}
