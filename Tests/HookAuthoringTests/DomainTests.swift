import Foundation
import HookAuthoring
import HookPolicy
import Testing

/// libvirt domains, and the policies that are made of them.
///
/// With `OPENHOOK_WRITE_EXPECTED` in the environment the expected files are written instead of compared.
struct DomainTests {
    private static let writes = ProcessInfo.processInfo.environment["OPENHOOK_WRITE_EXPECTED"] != nil

    @Test func `there are domains to read`() { #expect(DomainFixture.all.count >= 80) }

    @Test(arguments: DomainFixture.all)
    func `a domain becomes the policy, or the error, that is written beside it`(domain: DomainFixture) throws {
        let made: (text: String, kind: String)
        do {
            made = (String(decoding: try domain.generate().text, as: UTF8.self), "policy")
        } catch let error as InventorySource.Failure {
            made = ("\(error)\n", "error")
        }
        if Self.writes { return try domain.write(made.text, as: made.kind) }
        #expect(made.text == (try domain.expected(made.kind)))
        #expect(try domain.expected(made.kind == "policy" ? "error" : "policy") == nil)
    }

    @Test(arguments: DomainFixture.all)
    func `what no domain may get by any trick is granted by none`(domain: DomainFixture) throws {
        guard let policy = try? domain.generate().policy else { return }
        let forbidden = try domain.forbiddenNames() + ["/etc/shadow", "/etc/passwd", "/dev/mem"].map { Array($0.utf8) }
        for name in forbidden {
            for access in Access.allCases {
                if case .granted = policy.decide(name.span, access) {
                    Issue.record("\(access.word) of \(String(decoding: name, as: UTF8.self)) is granted")
                }
            }
        }
    }

    @Test(arguments: DomainFixture.all)
    func `each rule grants one name, or what was asked for by --snapshots`(domain: DomainFixture) throws {
        guard let policy = try? domain.generate().policy else { return }
        let patterns = policy.rules.filter { $0.exactName == nil }
        #expect(patterns.count == (try domain.options().snapshots.count))
        #expect(policy.rules.allSatisfy { $0.verb == .allow })
    }

    @Test func `ten megabytes of domain are refused before they are read`() {
        let disk = "<disk type='file'><source file='/srv/x.img'/><target dev='vda'/></disk>"
        let text =
            "<domain type='kvm'><name>x</name><devices>" + String(repeating: disk, count: 10 << 20 / disk.utf8.count)
            + "</devices></domain>"
        let error = #expect(throws: InventorySource.Failure.self) {
            try InventorySource.domain(Array(text.utf8)).read(directory: nil, host: AbsentHost())
        }
        #expect(error?.description == "the XML is longer than 4194304 bytes")
    }

    @Test func `a chain longer than anyone's is not followed to its end`() throws {
        let links = (0..<300).map { "image /srv/\($0).qcow2 qcow2 \($0 + 1).qcow2 qcow2" }
        let host = FakeHost(links)
        let xml =
            "<domain type='kvm'><name>x</name><devices><disk type='file'><driver type='qcow2'/>"
            + "<source file='/srv/0.qcow2'/></disk></devices></domain>"
        let inventory = try InventorySource.domain(Array(xml.utf8)).read(directory: nil, host: host)
        var options = GenerateOptions()
        options.within = [try #require(AbsolutePath("/srv"))]
        let policy = try PolicyGenerator(inventory, options, host: host).generate()
        #expect(policy.policy.rules.count == 201)
        #expect(
            policy.refusals.map(\.text) == [
                "backing file of 199.qcow2: /srv/200.qcow2 names /srv/201.qcow2 as its backing file: a chain of more than "
                    + "200 images is not followed"
            ])
    }
}
