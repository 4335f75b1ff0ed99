import Foundation
import HookLinux
import HookSELinux
import HookSepol
import SystemPackage
import TestSupport
import Testing

@Suite struct `A policy file` {
    static let questions: [Question] = [
        .init("its own image", Context.vm, .kernel(Context.image), .file, [.read, .write]),
        .init(
            "another VM's image", Context.vm, .kernel(Context.otherImage), .file, [.read, .write],
            denied: [.read, .write, .lock, .ioctl]),
        .init("the shared base, to be read", Context.vm, .kernel(Context.base), .file, .read),
        .init(
            "the shared base, to be written", Context.vm, .kernel(Context.base), .file, [.read, .write], denied: .write),
        .init("a disk, which the broker opens", Context.vm, .kernel(Context.disk), .blockDevice, [.read, .write]),
        .init(
            "a disk that the policy calls so, which takes `open`", Context.vm, .policy(Context.disk, kernel: nil),
            .blockDevice, [.read, .write], denied: .open),
        .init("a tap device", Context.vm, .kernel(Context.tap), .characterDevice, [.read, .write]),
        .init(
            "a tap device as another class", Context.vm, .kernel(Context.tap), .file, .read,
            denied: [.read, .getattr, .lock, .ioctl]),
        .init(
            "an image without a label of its own", Context.vm, .policy(Context.image, kernel: nil), .file,
            [.read, .write]),
        .init(
            "an image on a file server that is closed to VMs", Context.vm, .policy(Context.image, kernel: Context.nfs),
            .file, [.read, .write], denied: [.read, .write]),
        .init("the server itself", Context.server, .kernel(Context.otherImage), .file, [.read, .write]),
    ]

    @Test(arguments: questions)
    func `answers as a kernel would that has loaded it`(question: Question) throws {
        let labels = try SmallPolicy.check()
        do throws(LabelRefusal) {
            let verdict = try labels.check(
                subject: question.subject, object: question.object, kind: question.kind, access: question.access)
            #expect(verdict == .allowed)
            #expect(question.missing == nil)
        } catch {
            #expect(error.denial?.missing == question.missing)
        }
    }

    @Test func `says what it would take to hand over a descriptor at all`() throws {
        let labels = try LabelCheck(asking: SmallPolicy.load(), own: Context.image)
        do throws(LabelRefusal) {
            _ = try labels.check(subject: Context.vm, object: .kernel(Context.image), kind: .file, access: .read)
            Issue.record("allowed")
        } catch {
            #expect(
                error.description == "the kernel would withhold this descriptor: "
                    + "allow svirt_t svirt_image_t:fd use (install the policy module: semodule -i openhook.pp)")
        }
    }

    @Test func `decides about creation`() throws {
        let labels = try SmallPolicy.check()
        #expect(
            try labels.checkCreation(
                subject: Context.vm, parent: .kernel(Context.image), file: .kernel(Context.image), access: .write)
                == .allowed)
        do throws(LabelRefusal) {
            _ = try labels.checkCreation(
                subject: Context.vm, parent: .kernel(Context.directory), file: .kernel(Context.image), access: .write)
            Issue.record("allowed")
        } catch {
            #expect(error.denial?.missing == [.write, .addName])
        }
    }

    @Test func `tells which denials it wants to be quiet about`() throws {
        let labels = try SmallPolicy.check()
        do throws(LabelRefusal) {
            _ = try labels.check(
                subject: Context.vm, object: .kernel(Context.nfs), kind: .file, access: [.read, .append])
            Issue.record("allowed")
        } catch {
            #expect(error.denial?.missing == [.read, .append, .getattr, .lock, .ioctl])
            #expect(error.denial?.audited == [.read, .getattr, .lock, .ioctl])
        }
    }

    static let unknown = [
        "system_u:system_r:other_t:s0", "other_u:system_r:svirt_t:s0", "system_u:other_r:svirt_t:s0",
        "system_u:system_r:svirt_t:s0:c6", "system_u:system_r:svirt_t:s1", "system_u:system_r:svirt_t",
        "system_u:system_r:svirt_t:s0:c1:c2",
    ]

    @Test(arguments: unknown)
    func `knows no label that is not in it`(text: String) throws {
        let policy = try SmallPolicy.load()
        #expect(policy.knows(Context.vm))
        #expect(!policy.knows(context(text)))
        let labels = try LabelCheck(asking: policy, own: Context.server)
        for (subject, object) in [(context(text), Context.image), (Context.vm, context(text))] {
            do throws(LabelRefusal) {
                _ = try labels.check(subject: subject, object: .kernel(object), kind: .file, access: .read)
                Issue.record("allowed")
            } catch {
                #expect(error == .unanswered("security_compute_av", .invalidArgument))
            }
        }
    }

    @Test func `stays the one that was read, whatever others are asked between`() throws {
        let one = try SmallPolicy.load()
        let number = try one.classNumber("chr_file")
        for _ in 0..<3 {
            let other = try SmallPolicy.load()
            #expect(try other.classNumber("chr_file") == number)
            #expect(try one.classNumber("chr_file") == number)
        }
    }
}

@Suite struct `A file that is no policy` {
    @Test(arguments: ["", "openhook 1\n", "\u{8C}\u{FF}\u{7C}\u{F9}", String(repeating: "x", count: 10_000)])
    func `is refused`(text: String) throws {
        let scratch = try ScratchDirectory()
        try scratch.file("policy", text)
        #expect(throws: SepolPolicy.Failure.noPolicy) {
            try SepolPolicy(readingFile: SystemPath(text: scratch.path("policy")))
        }
    }

    @Test func `is refused where it ends too early, wherever that is`() throws {
        let whole = try SmallPolicy.compiled { try SmallFile.read($0, limit: 1 << 20) }
        let scratch = try ScratchDirectory()
        for length in stride(from: 1, to: whole.count - 1, by: 37) {
            let path = SystemPath(text: scratch.path("policy"))
            try Data(whole[..<length]).write(to: URL(filePath: scratch.path("policy")))
            #expect(throws: SepolPolicy.Failure.noPolicy) { try SepolPolicy(readingFile: path) }
        }
        // And what is asked then is asked of the policy that is good.
        #expect(try SmallPolicy.load().knows(Context.vm))
    }

    @Test func `is refused where there is none`() throws {
        #expect(throws: SepolPolicy.Failure.unreadable(.noSuchFileOrDirectory)) {
            try SepolPolicy(readingFile: SystemPath(text: "/nonexistent/policy"))
        }
    }
}
