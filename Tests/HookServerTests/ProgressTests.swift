import HookLinux
import HookPolicy
import HookSELinux
import SystemPackage
import TestSupport
import Testing

@testable import HookServer

struct ProgressTests {
    private let directory: ScratchDirectory
    private let fake = FakeSELinux { _ in }

    init() throws {
        directory = try ScratchDirectory()
        for name in ["first", "second"] { try directory.directory(name) }
    }

    private func generation(_ number: UInt64, _ roots: String...) throws -> PolicyGeneration {
        let blocks = roots.map { "root \($0) \(directory.path($0)) {\n    allow rw *\n}\n" }
        try directory.file("policy", "openhook 1\nvm a\npeer any\nselinux off\n" + blocks.joined())
        let loader = PolicyLoader(
            path: SystemPath(text: directory.path("policy")), ownership: .checked, labels: fake, mounts: MountTable())
        return try loader.load(generation: number, DescriptorDirectory(of: .process)).generation
    }

    @Test func `a request is at work beneath the root that it entered, until it leaves`() throws {
        let generation = try generation(1, "first", "second")
        let progress = Progress()
        #expect(progress.path(in: generation) == nil)
        for root in ["first", "second"].indices {
            progress.enter(root, of: generation.number)
            #expect(progress.path(in: generation) == generation.rootPaths[root])
        }
        progress.leave()
        #expect(progress.path(in: generation) == nil)
    }

    /// A lane that was given up says so when it comes back, after a reload maybe.
    @Test func `a root of another policy is none of this one's`() throws {
        let (old, new) = (try generation(1, "first", "second"), try generation(2, "first"))
        let progress = Progress()
        for root in old.rootPaths.indices {
            progress.enter(root, of: old.number)
            #expect(progress.path(in: new) == nil)
        }
    }
}
