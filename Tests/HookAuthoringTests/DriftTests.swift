import HookAuthoring
import HookPolicy
import Testing

/// Where a policy and a VM have come apart.
struct DriftTests {
    private func drift(
        _ rules: [String], _ uses: [FileUse], scope: DriftReport.Scope = .everything, host: [String] = []
    ) throws -> DriftReport {
        let text = (["openhook 1", "vm web01"] + rules).joined(separator: "\n") + "\n"
        let source = SourceFile(name: Array("vm.policy".utf8), bytes: Array(text.utf8))
        let policy = try #require(PolicyParser.parse(main: source) { _ in .alreadyIncluded }.policy)
        var inventory = Inventory(source: "a test")
        inventory.uses = uses
        return DriftReport(policy, inventory, scope: scope, host: FakeHost(host))
    }

    private func use(
        _ name: String, _ access: Access = .readWrite, chain: FileUse.Chain = .none,
        creation: FileUse.CreationNeed = .never, form: FileUse.Form = .unknown
    ) -> FileUse {
        var use = FileUse(Array(name.utf8), access, .disks, "disk vda", form: form)
        use.chain = chain
        use.creation = creation
        return use
    }

    @Test func `what is used as it is granted is no drift`() throws {
        let chain = FileUse.Chain.declared([use("/srv/base/b.img", .readOnly)])
        let report = try drift(["allow rw /srv/a.img", "allow ro /srv/base/*.img"], [use("/srv/a.img", chain: chain)])
        #expect(report.isEmpty)
    }

    @Test func `what is not granted is named with the line that is missing`() throws {
        let report = try drift(
            ["root srv /srv {", "allow ro a.img", "}"], [use("/srv/a.img"), use("/srv/b.img", .readOnly)])
        #expect(
            report.needs.map(\.reason) == [
                "vm.policy:4 grants ro, rw was asked", "no rule grants anything on /srv/b.img",
            ])
        #expect(
            report.needs.map(\.advice) == [
                "write instead of vm.policy:4: allow rw a.img",
                "add to vm.policy after line 4, in root `srv`: allow ro b.img",
            ])
        #expect(report.surplus.isEmpty)
    }

    @Test func `a device that is missing is to be granted as what it is`() throws {
        let report = try drift([], [use("/dev/vhost-net", form: .char), use("/dev/sdb", form: .block)])
        #expect(
            report.needs.map(\.advice) == [
                "add to vm.policy after line 2: allow rw /dev/vhost-net kind char",
                "add to vm.policy after line 2: allow rw /dev/sdb kind block",
            ])
    }

    @Test func `a file that QEMU has yet to make needs a rule that makes it`() throws {
        let log = use("/srv/a.log", .writeOnly, creation: .ifMissing)
        #expect(try drift(["allow wo /srv/a.log"], [log], host: ["file /srv/a.log"]).isEmpty)
        #expect(try drift(["allow wo /srv/a.log create"], [log]).isEmpty)
        // `generate` writes the same line, whether the file is there now or not.
        for host in [["file /srv/a.log"], []] {
            #expect(
                try drift([], [log], host: host).needs.map(\.advice)
                    == ["add to vm.policy after line 2: allow wo /srv/a.log create"])
        }
    }

    @Test func `what nothing uses, and what is used for less, is named`() throws {
        let report = try drift(
            ["allow rw /srv/a.img", "allow ro /srv/old.img", "allow rw /srv/snap/* create", "deny rw /srv/x"],
            [use("/srv/a.img", .readOnly)])
        #expect(report.surplus.map(\.rule) == [0, 1])
        #expect(report.surplus.map(\.extent) == [.beyond(.readOnly), .whole])
        #expect(report.needs.isEmpty)
    }

    @Test func `a source of images alone says nothing of logs and devices`() throws {
        let report = try drift(
            [
                "allow rw /srv/a.img", "allow wo /srv/a.log create", "allow rw /dev/vhost-net kind char",
                "allow rw /srv/old.img", "allow ro /boot/vmlinuz",
            ], [use("/srv/a.img", .readOnly)], scope: .images)
        #expect(report.surplus.map(\.rule) == [3])
        #expect(report.needs.isEmpty)
    }

    @Test func `a rule for what a link leads to is used`() throws {
        let report = try drift(
            ["allow rw /srv/current.img symlinks inside", "allow rw /srv/7.img"], [use("/srv/current.img")],
            host: ["link /srv/current.img file /srv/7.img changeable"])
        #expect(report.isEmpty)
    }

    struct Misfit: Sendable, CustomTestStringConvertible {
        let rule: String
        let host: String
        let name: String
        let reason: String
        let advice: String?

        var testDescription: String { "\(rule), \(host)" }

        init(_ rule: String, _ host: String, _ name: String, _ reason: String, _ advice: String?) {
            (self.rule, self.host, self.name, self.reason, self.advice) = (rule, host, name, reason, advice)
        }
    }

    static let misfits: [Misfit] = [
        Misfit(
            "allow rw /dev/vhost-vsock", "char /dev/vhost-vsock", "/dev/vhost-vsock",
            "it is a character device; vm.policy:3 has no `kind char`", "give vm.policy:3 `kind char`"),
        Misfit(
            "allow rw /dev/a kind block", "char /dev/a", "/dev/a",
            "it is a character device; vm.policy:3 has no `kind char`", "give vm.policy:3 `kind block char`"),
        Misfit(
            "allow rw /dev/a kind block", "file /dev/a", "/dev/a", "it is a file; vm.policy:3 has no `kind file`",
            "give vm.policy:3 `kind file block`"),
        Misfit(
            "allow rw /srv/a", "hardlinked /srv/a", "/srv/a",
            "the file has 2 names; vm.policy:3 has no `hardlinks allow`",
            "give vm.policy:3 `hardlinks allow`, if all of the names are this VM's"),
        Misfit("allow rw /srv/a", "directory /srv/a", "/srv/a", "it is a directory, and the broker opens none", nil),
        Misfit("allow rw /srv/a", "fifo /srv/a", "/srv/a", "it is a FIFO or a socket, and the broker opens none", nil),
        Misfit("allow rw /srv/a", "dangling /srv/a", "/srv/a", "it is a symbolic link to nothing", nil),
        Misfit(
            "allow rw /srv/a", "link /srv/a file /srv/b trusted", "/srv/a",
            "it is a symbolic link to /srv/b; vm.policy:3 has no `symlinks`", "give vm.policy:3 `symlinks follow`"),
        Misfit(
            "allow rw /srv/a symlinks follow", "link /srv/a file /srv/b changeable", "/srv/a",
            "it is a symbolic link to /srv/b, and others than root could change the way there", nil),
        Misfit(
            "allow rw /srv/a symlinks inside", "link /srv/a file /srv/b changeable", "/srv/a",
            "it is a symbolic link to /srv/b, and no rule grants anything on /srv/b",
            "add to vm.policy after line 3: allow rw /srv/b"),
        Misfit(
            "allow rw /srv/a symlinks inside", "link /srv/a file /mnt/b changeable", "/srv/a",
            "it is a symbolic link to /mnt/b, which lies outside of /srv", nil),
    ]

    @Test(arguments: misfits)
    func `what a rule grants and a server refuses all the same is a need`(row: Misfit) throws {
        let report = try drift([row.rule], [use(row.name)], host: [row.host])
        #expect(report.needs.map(\.reason) == [row.reason])
        #expect(report.needs.map(\.advice) == [row.advice])
        #expect(!report.isEmpty)
    }

    @Test func `where nobody can look the source says what a device is`() throws {
        let report = try drift(["allow rw /dev/vhost-vsock"], [use("/dev/vhost-vsock", form: .char)])
        #expect(report.needs.map(\.advice) == ["give vm.policy:3 `kind char`"])
    }

    @Test func `what cannot be compared does not agree`() throws {
        let image = use("/srv/a.qcow2", chain: .inHeader(format: Array("qcow2".utf8)))
        let report = try drift(["allow rw /srv/a.qcow2"], [image])
        #expect(
            report.remarks.map(\.text) == [
                "disk vda: the header of /srv/a.qcow2 could not be read: it is not there"
            ])
        #expect(report.needs.isEmpty && report.surplus.isEmpty)
        #expect(!report.isEmpty)
    }

    @Test func `a data file that the policy grants is used, and another one is not asked for`() throws {
        let image = use("/srv/a.qcow2", chain: .inHeader(format: Array("qcow2".utf8)))
        let host = ["image-data /srv/a.qcow2 qcow2 a.raw"]
        #expect(try drift(["allow rw /srv/a.qcow2", "allow rw /srv/a.raw"], [image], host: host).isEmpty)
        let report = try drift(["allow rw /srv/a.qcow2"], [image], host: host)
        #expect(report.needs.isEmpty)
        #expect(
            report.remarks.map(\.text) == [
                "disk vda: /srv/a.qcow2 names /srv/a.raw as its data file. Whoever made the image chose that name: if "
                    + "the file is this VM's, add `allow rw /srv/a.raw`"
            ])
    }

    @Test func `the pid file that options name is no file of the VM's`() throws {
        let policy = try policy("allow rw /srv/a.img\n")
        let host = FakeHost([])
        var inventory = Inventory(source: "a test")
        inventory.uses = [use("/srv/a.img")]
        let command = InventorySource.commandLine(Array("qemu -name web01 -pidfile web01.pid".utf8))
        inventory.merge(try command.read(directory: AbsolutePath("/run/web01"), host: host))
        let open = use("/run/web01/web01.pid", .writeOnly, form: .file)
        let report = DriftReport(policy, inventory, openFiles: [open], scope: .everything, host: host)
        #expect(report.needs.map(\.role) == [])
    }

    @Test func `a name that no rule can be about is a need`() throws {
        let report = try drift([], [use("/srv/../a.img")])
        #expect(report.needs.map(\.reason) == ["it is no clean absolute name, and no rule can be about it"])
    }
}
