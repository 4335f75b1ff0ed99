import Glibc
import HookAudit
import HookLinux
import HookPolicy
import HookSELinux
import SystemPackage
import TestSupport
import Testing

@testable import HookServer

/// Stage 7, with real files and a kernel whose answers are recorded.
struct LabelStageTests {
    /// What a VM may do with what it may have; nobody asks for `open` of a file that has a label of its own.
    static let use: Permissions = [.read, .write, .getattr, .lock, .ioctl]

    /// An authority over a scratch directory.
    final class Site {
        let directory: ScratchDirectory
        let fake: FakeSELinux
        private var authority: OpenAuthority
        private let force: PolicyInForce
        private let subject: Asker.Subject
        let audit = FakeKernelAudit()
        private let courier: AuditCourier

        /// - Parameter root: clauses of the root; - Parameter rules: its rules.
        init(
            root: String = "", rules: String = "allow rw *.img create", subject: SecurityContext = Context.vm,
            _ change: (inout FakeSELinux.State) -> Void
        ) throws {
            directory = try ScratchDirectory()
            try directory.directory("images")
            try directory.file("images/disk.img")
            let policy = """
                openhook 1
                vm label
                peer any
                root images \(directory.path("images")) {
                    \(root)
                    \(rules)
                }

                """
            try directory.file("policy", policy)
            courier = AuditCourier(audit)
            try courier.start()
            let fake = FakeSELinux { state in
                state.allow(Context.vm, Context.server, "fd", .use)
                // What a kernel with SELinux calls a file whose file system keeps no labels.
                state.file = .success(Context.nfs.bytes)
                for vm in [Context.vm, Context.otherVM] {
                    state.allow(vm, Context.nfs, "file", [.read, .write, .append])
                }
                change(&state)
            }
            let mounts = MountTable()
            let loader = PolicyLoader(
                path: SystemPath(text: directory.path("policy")), ownership: .checked, labels: fake, mounts: mounts)
            let descriptors = try DescriptorDirectory(of: .process)
            force = try loader.load(generation: 1, descriptors)
            authority = OpenAuthority(
                descriptors: descriptors, mounts: mounts, labels: fake, ownIdentity: try UserIdentity.own())
            authority.roots = force.roots
            self.fake = fake
            self.subject = .label(subject)
        }

        private func job(_ name: String, _ flags: CInt) -> OpenJob {
            let asker = Asker(
                force.generation, Site(), Progress(), subject, AuditRecord.Peer(pid: 1, uid: 0, gid: 0, label: nil),
                mustKnowSenders: false)
            return OpenJob(
                asker: asker, number: 1, flags: UInt32(bitPattern: flags), name: Array(directory.path(name).utf8),
                began: 0, deadline: .max)
        }

        private func Site() -> HookServer.Site {
            HookServer.Site(
                creations: Creations(), stuck: CountByRoot(most: CountByRoot.mostStuck),
                denials: DenialLog(UserAVCLog(courier)))
        }

        /// What the system's audit log has been told; nothing is told after it.
        func told() -> [String] {
            courier.close()
            return audit.texts
        }

        /// Makes something as a file with that label on a file system that keeps labels, or on one without.
        func create(labelled label: SecurityContext?, _ body: () throws(Errno) -> Void) throws -> Errno? {
            let root = try #require(force.roots[0])
            let finding = label.map { LabelFinding(context: $0, source: .kernel, verdict: .allowed) }
            let facts = ObjectFacts(
                rule: 0, isLearned: false, newRoot: nil,
                status: try FileStatus.of(descriptor: root.directory.descriptor.number),
                labelling: .perFile, label: finding)
            do throws(Errno) {
                try authority.labelled(facts, job("images/new.img", O_RDWR | O_CREAT), body)
                return nil
            } catch {
                return error
            }
        }

        /// Decides a request as far as the audit record.
        func open(_ name: String = "images/disk.img", _ flags: CInt = O_RDWR) -> Result<LabelFinding?, Refusal> {
            let job = job(name, flags)
            do throws(Refusal) {
                switch try authority.decide(job) {
                case .opened(_, let facts): return .success(facts.label)
                case .creatable(let parent, let facts):
                    _ = try authority.create(in: parent, facts, job)
                    return .success(facts.label)
                }
            } catch {
                return .failure(error)
            }
        }

        /// Prepares a change of names, as far as the audit record.
        func change(_ name: String, _ operation: NameOperation) -> Refusal? {
            var job = job(name, O_RDONLY)
            job.operation = operation
            do throws(Refusal) {
                _ = try authority.examine(job)
                return nil
            } catch {
                return error
            }
        }

        /// The label stage alone, as if the file's mount labelled its files like this.
        func check(_ labelling: Mount.Labelling, _ flags: CInt = O_RDWR) throws -> Result<LabelFinding?, Refusal> {
            let root = try #require(force.roots[0])
            let name = try #require(RelativePath(SystemPath("disk.img"), from: 0))
            let object = try root.directory.resolve(name, links: .refuse, mounts: .refuse)
            let facts = ObjectFacts(
                rule: 0, isLearned: false, newRoot: nil, status: try FileStatus.of(object),
                labelling: labelling, label: nil)
            do throws(Refusal) {
                let flags = try RequestedFlags(UInt32(bitPattern: flags))
                return .success(try authority.checkLabel(of: object, facts, flags, job("images/disk.img", 0)))
            } catch {
                return .failure(error)
            }
        }
    }

    static let rootLabel = "label system_u:object_r:svirt_image_t:${level}"

    @Test func `a file without a label, in a root without one, is refused`() throws {
        let site = try Site { _ in }
        #expect(reason(site.open()) == "the file has no label: add `label CONTEXT` to the rule or its root")
    }

    @Test func `the policy's label, with the peer's level, decides where the file system keeps none`() throws {
        let site = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
        }
        let finding = try #require(try site.open().get())
        #expect(finding.context == Context.image)
        #expect(finding.source == .root)
        #expect(finding.verdict == .allowed)
    }

    @Test func `a peer of other categories is refused the same file`() throws {
        let site = try Site(root: "label system_u:object_r:svirt_image_t:s0:c1,c2", subject: Context.otherVM) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
            $0.allow(Context.otherVM, Context.server, "fd", .use)
        }
        let refusal = try #require(failure(of: site.open()))
        #expect(refusal.errno == .permissionDenied)
        #expect(refusal.stage == .label)
    }

    @Test func `a rule's own label goes before the root's`() throws {
        let site = try Site(
            root: Self.rootLabel, rules: "allow rw *.img label system_u:object_r:virt_image_t:s0"
        ) {
            $0.allow(Context.vm, Context.directory, "file", Self.use.union(.open))
        }
        #expect(try site.open().get()?.source == .rule)
    }

    @Test func `without a level a peer gets no label that needs one`() throws {
        let plain = context("system_u:system_r:svirt_t")
        let site = try Site(root: Self.rootLabel, subject: plain) { _ in }
        #expect(
            reason(site.open()) == "the label of the policy is no context for this peer: does its label have a level?")
    }

    @Test func `the kernel's own label of a file that arrives must let it through, too`() throws {
        let site = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
            $0.allow(Context.vm, Context.nfs, "file", [])
        }
        #expect(
            reason(site.open())
                == "the kernel would withhold this descriptor: allow svirt_t nfs_t:file { read write } "
                + "(install the policy module: semodule -i openhook.pp; then setsebool -P openhook_use_unlabeled_fs on)"
        )
    }

    @Test(arguments: [Mount.Labelling.perFile, .context])
    func `a file's own label decides, without the permission to open`(_ labelling: Mount.Labelling) throws {
        let site = try Site(root: "label system_u:object_r:virt_image_t:s0") {
            $0.allow(Context.vm, Context.image, "file", Self.use)
            $0.file = .success(Context.image.bytes)
        }
        let finding = try #require(try site.check(labelling).get())
        #expect(finding.context == Context.image)
        #expect(finding.source == .kernel)
    }

    @Test func `a label that a rule names must be the file's own`() throws {
        let site = try Site(rules: "allow rw *.img label system_u:object_r:virt_image_t:s0") {
            $0.allow(Context.vm, Context.image, "file", Self.use)
            $0.file = .success(Context.image.bytes)
        }
        #expect(
            reason(try site.check(.perFile))
                == "the file's label is system_u:object_r:svirt_image_t:s0:c1,c2, not the one that the rule names")
    }

    @Test(arguments: [Mount.Labelling.perFile, .context, .none, .unknown], [Errno.noData, .notSupported])
    func `a file that the kernel has no label for is refused`(labelling: Mount.Labelling, errno: Errno) throws {
        let site = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
            $0.file = .failure(errno)
        }
        #expect(reason(try site.check(labelling)) == "the kernel has no label for the file")
    }

    @Test func `where nothing is known of the mount, the policy's label and the kernel's must both do`() throws {
        let both = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
        }
        #expect(try both.check(.unknown).get()?.context == Context.image)
        let kernelAlone = try Site(root: Self.rootLabel) { $0.allow(Context.vm, Context.nfs, "file", Self.use) }
        #expect(failure(of: try kernelAlone.check(.unknown))?.stage == .label)
        let policyAlone = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
            $0.allow(Context.vm, Context.nfs, "file", .read)
        }
        #expect(
            reason(try policyAlone.check(.unknown))
                == "the kernel would withhold this descriptor: allow svirt_t nfs_t:file write "
                + "(install the policy module: semodule -i openhook.pp; then setsebool -P openhook_use_unlabeled_fs on)"
        )
        let noneGiven = try Site { $0.allow(Context.vm, Context.nfs, "file", Self.use) }
        #expect(try noneGiven.check(.unknown).get()?.source == .kernel)
    }

    @Test func `a label that cannot be read is a refusal`() throws {
        let site = try Site(root: Self.rootLabel) { $0.file = .failure(.ioError) }
        #expect(reason(site.open()) == "the file's label cannot be read")
    }

    @Test func `what only a permissive system grants is marked as such`() throws {
        let site = try Site(root: Self.rootLabel) { $0.enforcing = .success(false) }
        let finding = try #require(try site.open().get())
        #expect(finding.verdict != .allowed)
    }

    @Test func `a file is made only if its directory and its label allow that`() throws {
        let refused = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
        }
        #expect(failure(of: refused.open("images/new.img", O_RDWR | O_CREAT))?.stage == .label)
        #expect(!refused.directory.exists("images/new.img"))
        let granted = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union([.open, .create]))
            $0.allow(Context.vm, Context.image, "dir", [.write, .addName])
        }
        #expect(try granted.open("images/new.img", O_RDWR | O_CREAT).get()?.context == Context.image)
        #expect(granted.directory.exists("images/new.img"))
        // This file system keeps no labels: none is set for it.
        #expect(granted.fake.creationContexts.isEmpty)
    }

    @Test func `a denial is told to the system's audit log, with the file's name`() throws {
        let site = try Site(root: "label system_u:object_r:svirt_image_t:s0:c1,c2") {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open).subtracting(.write))
        }
        #expect(failure(of: site.open())?.stage == .label)
        #expect(
            site.told() == [
                "avc:  denied  { write } for  spid=1 path=\"\(site.directory.path("images/disk.img"))\" "
                    + "scontext=\(Context.vm) tcontext=\(Context.image) tclass=file permissive=0"
            ])
    }

    @Test func `what a permissive system grants is told to the system's audit log, too`() throws {
        let site = try Site(root: Self.rootLabel) { $0.enforcing = .success(false) }
        #expect(try site.open().get() != nil)
        let told = site.told()
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("avc:  denied  { read write getattr lock ioctl open } for  spid=1 path=") == true)
        #expect(told.first?.hasSuffix(" tclass=file permissive=1") == true)
    }

    @Test func `the descriptor that would be withheld is told without a name`() throws {
        let site = try Site(root: Self.rootLabel) {
            $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
            $0.allow(Context.vm, Context.server, "fd", [])
        }
        #expect(failure(of: site.open())?.stage == .label)
        #expect(
            site.told() == [
                "avc:  denied  { use } for  spid=1 scontext=\(Context.vm) tcontext=\(Context.server) tclass=fd permissive=0"
            ])
    }

    @Test(arguments: [
        "what the policy wants nobody to hear of", "a question that SELinux did not answer", "what it allows",
    ])
    func `nothing is told of`(what: String) throws {
        let site = try Site(root: Self.rootLabel) {
            switch what {
            case "what it allows": $0.allow(Context.vm, Context.image, "file", Self.use.union(.open))
            case "a question that SELinux did not answer": break
            default: $0.auditDeny = 0
            }
        }
        if what == "a question that SELinux did not answer" { site.fake.change { $0.accessFailure = .ioError } }
        #expect((failure(of: site.open()) == nil) == (what == "what it allows"))
        #expect(site.told().isEmpty)
    }

    @Test(arguments: ["is full", "refuses the message"])
    func `a denial stays one, and nobody waits, if the system's audit log`(what: String) throws {
        let site = try Site(root: Self.rootLabel) { _ in }
        let isFull = what == "is full"
        site.audit.change { state in
            state.isFull = isFull
            state.failure = isFull ? nil : .notPermitted
        }
        // The second one comes while the first message is still waiting for its room.
        for _ in 0..<2 {
            let refusal = try #require(failure(of: site.open()))
            #expect(refusal.errno == .permissionDenied)
            #expect(refusal.stage == .label)
        }
        site.audit.change { $0.isFull = false }
        // The message that waited has got through in the end.
        #expect(site.told().isEmpty == !isFull)
    }

    static let changes: [(String, [String: Permissions])] = [
        ("unlink", ["dir": [.write, .search, .removeName], "file": .unlink]),
        ("rename", ["dir": [.write, .search, .removeName, .addName], "file": .rename]),
        ("replace", ["dir": [.write, .search, .removeName, .addName], "file": [.rename, .unlink]]),
    ]

    @Test(arguments: changes)
    func `a name is changed if the label may change the directory, and remove or rename the object`(
        what: String, needed: [String: Permissions]
    ) throws {
        /// With everything that is needed but one permission.
        func refusal(lacking lacked: Permissions, of lackedClass: String) throws -> Refusal? {
            let site = try Site(root: Self.rootLabel, rules: "allow rw *.img create delete") { state in
                for (name, permissions) in needed {
                    state.allow(
                        Context.vm, Context.image, name,
                        name == lackedClass ? permissions.subtracting(lacked) : permissions)
                }
            }
            try site.directory.file("images/other.img")
            let target = site.directory.bytes(what == "replace" ? "images/other.img" : "images/new.img")
            return site.change(
                "images/disk.img", what == "unlink" ? .unlink : .rename(to: target, flags: 0))
        }
        #expect(try refusal(lacking: [], of: "")?.reason == nil)
        for (name, permissions) in needed {
            for bit in 0..<16 where permissions.contains(Permissions(rawValue: 1 << bit)) {
                let refused = try #require(
                    try refusal(lacking: Permissions(rawValue: 1 << bit), of: name), "\(name) \(bit)")
                #expect(refused.errno == .permissionDenied && refused.stage == .label)
            }
        }
    }

    @Test func `a file has its label from its first moment, and the next one does not have it`() throws {
        let site = try Site { _ in }
        var during: [SecurityContext?] = []
        #expect(try site.create(labelled: Context.image) { during = site.fake.creationContexts } == nil)
        #expect(during == [Context.image])
        #expect(site.fake.creationContexts == [Context.image, nil])
    }

    @Test func `a label is taken back when the file cannot be made`() throws {
        let site = try Site { _ in }
        let errno = try site.create(labelled: Context.image) { () throws(Errno) in throw .noSpace }
        #expect(errno == .noSpace)
        #expect(site.fake.creationContexts == [Context.image, nil])
    }

    @Test func `a label that cannot be taken back is no other file's`() throws {
        let site = try Site { $0.keepsCreationContext = true }
        #expect(try site.create(labelled: Context.image) {} == nil)
        // Without a label of its own nothing is made; with one, that one holds.
        #expect(try site.create(labelled: nil) { Issue.record("was made") } == .permissionDenied)
        #expect(try site.create(labelled: Context.otherImage) {} == nil)
        #expect(site.fake.creationContexts == [Context.image, Context.otherImage])
        site.fake.change { $0.keepsCreationContext = false }
        #expect(try site.create(labelled: nil) {} == nil)
        #expect(site.fake.creationContexts == [Context.image, Context.otherImage, nil])
    }

    private func failure(of result: Result<LabelFinding?, Refusal>) -> Refusal? {
        guard case .failure(let refusal) = result else { return nil }
        return refusal
    }

    private func reason(_ result: Result<LabelFinding?, Refusal>) -> String? {
        failure(of: result).map(\.words)
    }
}
