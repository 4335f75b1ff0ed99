import HookLinux
import HookPolicy
import HookSELinux
import SystemPackage
import TestSupport
import Testing

@testable import HookServer

/// What `openhook check` says of the file systems that a policy's roots lie on.
struct RootReviewTests {
    private let directory: ScratchDirectory
    private let fake = FakeSELinux { $0.allow(Context.vm, Context.server, "fd", .use) }

    init() throws {
        directory = try ScratchDirectory()
        try directory.directory("images")
    }

    private func warnings(_ rules: String, selinux: String = "require") throws -> [String] {
        try directory.file(
            "policy",
            "openhook 1\nvm a\npeer type svirt_t\nselinux \(selinux)\n" + rules.replacing("TOP", with: directory.path))
        let loader = PolicyLoader(
            path: SystemPath(text: directory.path("policy")), ownership: .checked, labels: fake, mounts: MountTable())
        return try loader.inspect().diagnostics.map { "\($0.span.line): \($0.message)" }
    }

    private var type: String {
        get throws {
            let root = try RootDirectory(ambientPath: SystemPath(text: directory.path("images")))
            let mount = try MountTable().mount(of: root.descriptor.number, root.status.mount)
            return String(decoding: mount.fileSystem, as: UTF8.self)
        }
    }

    @Test func `a root without labels, of the file system's or the policy's, is warned of once`() throws {
        #expect(
            try warnings("root images TOP/images {\n    allow rw a\n    allow rw b\n}\n") == [
                "5: the file system there (\(try type)) keeps no labels, and neither this root nor 2 of its rules have a "
                    + "`label`: such requests will be refused"
            ])
    }

    @Test func `rules with labels of their own are not counted`() throws {
        #expect(
            try warnings(
                "root images TOP/images {\n    allow rw a label system_u:object_r:a_t:s0\n    allow rw b\n}\n") == [
                    "5: the file system there (\(try type)) keeps no labels, and neither this root nor one of its rules has a "
                        + "`label`: such requests will be refused"
                ])
    }

    @Test(arguments: [
        "root images TOP/images {\n    label system_u:object_r:a_t:s0\n    allow rw a\n}\n",
        "root images TOP/images {\n    allow rw a label system_u:object_r:a_t:s0\n}\n",
    ])
    func `a root whose files all have a label is not warned of`(rules: String) throws {
        #expect(try warnings(rules) == [])
    }

    @Test func `a rule outside of every root is warned of itself`() throws {
        #expect(
            try warnings("allow rw TOP/images/a\n") == [
                "5: the file system there (\(try type)) keeps no labels, and the rule has no `label`: it will be refused"
            ])
    }

    @Test func `where no labels are checked nobody is warned`() throws {
        #expect(try warnings("root images TOP/images {\n    allow rw a\n}\n", selinux: "off") == [])
    }

    @Test(arguments: [
        ("", "another spelling is another name to them"),
        ("    deny rw secret*\n", "a `deny` with wildcards does not hold for another spelling"),
    ])
    func `a root that folds names is warned of; this machine has none`(deny: String, remedy: String) throws {
        try directory.file(
            "policy",
            "openhook 1\nvm a\npeer any\nroot images \(directory.path("images")) {\n    allow rw *\n\(deny)}\n")
        let loader = PolicyLoader(
            path: SystemPath(text: directory.path("policy")), ownership: .checked, labels: fake, mounts: MountTable())
        let policy = try loader.parse().policy
        let root = try OpenRoot(
            0, at: SystemPath(text: directory.path("images")), DescriptorDirectory(of: .process), MountTable())
        let review = RootReview(
            policy: policy, held: [root], facts: [root.facts], foldsNames: { _ in true })
        #expect(
            review.foldingNames().map(\.message) == [
                "names there (\(try type)) are the same in capitals and in small letters, and rules compare bytes: \(remedy)"
            ])
    }
}
