import HookSELinux
import TestSupport
import SystemPackage
import Testing

private let wanted: Permissions = [.getattr, .lock, .ioctl, .read]
private let denials = [
    LabelDenial(subject: Context.vm, object: Context.image, objectClass: .file, missing: wanted),
    LabelDenial(subject: Context.vm, object: Context.server, objectClass: .fd, missing: .use),
]

private func check(_ check: LabelCheck) throws(LabelRefusal) -> LabelVerdict {
    try check.check(subject: Context.vm, object: .kernel(Context.image), kind: .file, access: .read)
}

@Suite struct `What the policy denies` {
    @Test func `is granted and told of on a permissive system`() throws {
        let labels = try LabelCheck(.require, through: FakeSELinux { $0.enforcing = .success(false) })
        #expect(try check(labels) == .permissive(denials))
        #expect(labels.mode == .permissive)
    }

    @Test func `is granted and told of in a permissive domain, although the system enforces`() throws {
        let labels = try LabelCheck(.require, through: FakeSELinux { $0.permissiveSubjects = [Context.vm] })
        #expect(try check(labels) == .permissive(denials))
        #expect(labels.mode == .enforcing)
    }

    @Test func `is refused as soon as the system enforces again, from the same remembered answer`() throws {
        let fake = FakeSELinux { $0.enforcing = .success(false) }
        let labels = try LabelCheck(.require, through: fake)
        #expect(try check(labels) == .permissive(denials))
        let questions = fake.questions
        fake.change { $0.enforcing = .success(true) }
        #expect(failure { () throws(LabelRefusal) in try check(labels) } == .denied(denials[0]))
        #expect(fake.questions == questions)
    }

    @Test(arguments: [Errno.permissionDenied, .ioError, .noSuchFileOrDirectory])
    func `is refused if nobody can say whether the system enforces`(errno: Errno) throws {
        let fake = FakeSELinux()
        let labels = try LabelCheck(.require, through: fake)
        fake.change { $0.enforcing = .failure(errno) }
        #expect(
            failure { () throws(LabelRefusal) in try check(labels) } == .unanswered("security_getenforce", errno))
    }

    @Test func `costs the question whether the system enforces, what it allows does not`() throws {
        let fake = FakeSELinux { state in
            state.allow(Context.vm, Context.image, "file", wanted)
            state.allow(Context.vm, Context.server, "fd", .use)
        }
        let labels = try LabelCheck(.require, through: fake)
        let before = fake.enforcingQuestions
        #expect(try check(labels) == .allowed)
        #expect(fake.enforcingQuestions == before)
    }
}
