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

    @Test func `a name that no rule can be about is a need`() throws {
        let report = try drift([], [use("/srv/../a.img")])
        #expect(report.needs.map(\.reason) == ["it is no clean absolute name, and no rule can be about it"])
    }
}
