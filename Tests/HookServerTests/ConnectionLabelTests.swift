import HookLinux
import HookSELinux
import SystemPackage
import TestSupport
import Testing

@testable import HookServer

/// The label of a connection, which the kernel keeps as it was when the connection was made.
struct ConnectionLabelTests {
    @Test func `it is read once, and each policy decides by what was read`() throws {
        let directory = try ScratchDirectory()
        let fake = FakeSELinux { $0.peer = .success(Context.vm.bytes) }
        let descriptors = try DescriptorDirectory(of: .process)
        func policy(_ number: UInt64, type: String) throws -> PolicyGeneration {
            let file = directory.path("policy-\(number)")
            try directory.file("policy-\(number)", "openhook 1\nvm label\npeer type \(type)\n")
            let loader = PolicyLoader(
                path: SystemPath(text: file), ownership: .checked, labels: fake, mounts: MountTable())
            return try loader.load(generation: number, descriptors).generation
        }
        let ends = try UnixSocket.pair(.stream)
        let connection = try Connection(ends.takeFirst(), .accepted, labels: fake)
        #expect(fake.peerQuestions == 1)
        let check = PeerCheck(process: nil)

        let first = try policy(1, type: "svirt_t")
        for _ in 0..<3 {
            guard case .label(let subject) = try check.admit(connection, first) else {
                Issue.record("no label is checked")
                return
            }
            #expect(subject == Context.vm)
        }
        // Were it read now, it would be another one.
        fake.change { $0.peer = .success(Context.otherVM.bytes) }
        guard case .label(let later) = try check.admit(connection, try policy(2, type: "svirt_t")) else {
            Issue.record("no label is checked")
            return
        }
        #expect(later == Context.vm)
        let other = try policy(3, type: "qemu_t")
        #expect(throws: PeerCheck.Rejection.self) { _ = try check.admit(connection, other) }
        #expect(fake.peerQuestions == 1)
    }
}
