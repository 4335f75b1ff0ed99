import Foundation
import HookSELinux
import TestSupport
import Synchronization
import SystemPackage
import Testing

private let wanted: Permissions = [.getattr, .lock, .ioctl, .read]

private func check(
    _ check: LabelCheck, _ subject: SecurityContext = Context.vm, _ object: SecurityContext = Context.image
) throws(LabelRefusal) -> LabelVerdict {
    try check.check(subject: subject, object: .kernel(object), kind: .file, access: .read)
}

private func allowing() -> FakeSELinux {
    FakeSELinux { state in
        state.allow(Context.vm, Context.image, "file", wanted)
        state.allow(Context.vm, Context.server, "fd", .use)
    }
}

@Suite struct `An answer of the policy` {
    @Test func `is asked for once`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        let before = fake.questions
        for _ in 0..<100 { #expect(try check(labels) == .allowed) }
        #expect(fake.questions == before + 2)
    }

    @Test func `holds for one subject, object and class`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        #expect(try check(labels) == .allowed)
        #expect(failure { () throws(LabelRefusal) in try check(labels, Context.otherVM) } != nil)
        #expect(failure { () throws(LabelRefusal) in try check(labels, Context.vm, Context.otherImage) } != nil)
        #expect(
            failure { () throws(LabelRefusal) in
                try labels.check(
                    subject: Context.vm, object: .kernel(Context.image), kind: .blockDevice, access: .read)
            } != nil)
    }

    @Test func `is dropped when a policy is loaded, whose numbers are other ones`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        #expect(try check(labels) == .allowed)
        let before = fake.questions
        fake.change { $0.loads += 1 }
        #expect(try check(labels) == .allowed)
        #expect(fake.questions > before)
        fake.change { state in
            state.loads += 1
            state.allow(Context.vm, Context.image, "file", wanted.subtracting(.read))
        }
        let missing = LabelDenial(subject: Context.vm, object: Context.image, objectClass: .file, missing: .read)
        #expect(failure { () throws(LabelRefusal) in try check(labels) } == .denied(missing))
    }

    @Test func `is asked for again if a policy is loaded during the question`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        fake.change { $0.loadsDuringQuestions = 1 }
        #expect(try check(labels) == .allowed)
    }

    @Test func `is not believed if its sequence alone tells of a policy load`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        fake.change { $0.sequenceLead += 1 }
        let before = fake.questions
        #expect(try check(labels) == .allowed)
        // Once believed no more, then the file and the descriptor.
        #expect(fake.questions == before + 3)
    }

    @Test func `is a refusal if policies are loaded without end`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        fake.change { $0.loadsDuringQuestions = 1000 }
        #expect(failure { () throws(LabelRefusal) in try check(labels) } == .policyKeepsChanging)
        fake.change { $0.loadsDuringQuestions = 0 }
        #expect(try check(labels) == .allowed)
    }

    @Test(arguments: [
        ("chr_file", "the class `chr_file`"), ("ioctl", "the permission `ioctl` of the class `file`"),
    ])
    func `is a refusal as long as the new policy lacks a name`(name: String, text: String) throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        #expect(try check(labels) == .allowed)
        fake.change { state in
            state.loads += 1
            state.unknownNames = [name]
        }
        for _ in 0..<2 {
            #expect(failure { () throws(LabelRefusal) in try check(labels) } == .unknownToPolicy(text))
        }
        fake.change { $0.unknownNames = [] }
        #expect(try check(labels) == .allowed)
    }

    @Test func `is a refusal, also of what was allowed before, if the status page is gone`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        #expect(try check(labels) == .allowed)
        fake.change { $0.status = .ioError }
        #expect(
            failure { () throws(LabelRefusal) in try check(labels) }
                == .unanswered("selinux_status_policyload", .ioError))
        #expect(labels.mode == .enforcing)
    }

    @Test(arguments: 1...133 as ClosedRange<CInt>)
    func `is a refusal for every errno of the question`(number: CInt) throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        let errno = Errno(rawValue: number)
        fake.change { $0.accessFailure = errno }
        #expect(
            failure { () throws(LabelRefusal) in try check(labels) } == .unanswered("security_compute_av", errno))
        fake.change { $0.accessFailure = nil }
        #expect(try check(labels) == .allowed)
    }

    @Test func `is forgotten rather than kept without bound`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        for number in 0..<1000 {
            let subject = context("system_u:system_r:svirt_t:s0:c\(number)")
            #expect(failure { () throws(LabelRefusal) in try check(labels, subject) } != nil)
        }
        #expect(try check(labels) == .allowed)
    }

    @Test func `is right in every thread, whatever is loaded meanwhile`() throws {
        let fake = allowing()
        let labels = try LabelCheck(.require, through: fake)
        let wrong = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<500 {
                if thread == 0, round % 10 == 0 { fake.change { $0.loads += 1 } }
                let isVM = (round + thread) % 2 == 0
                let refusal = failure { () throws(LabelRefusal) in
                    try check(labels, isVM ? Context.vm : Context.otherVM)
                }
                switch refusal {
                case nil where isVM, .denied where !isVM, .policyKeepsChanging: break
                default: wrong.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
