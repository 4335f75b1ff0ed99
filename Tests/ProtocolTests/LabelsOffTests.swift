import HookLinux
import SystemPackage
import TestSupport
import Testing

/// Servers that check no label say so.
struct LabelsOffTests {
    static let statements = Privilege.hasSELinux ? ["off"] : ["off", "if-enabled"]

    @Test(arguments: statements)
    func `where no label is checked the start warns of it, and the records say so`(statement: String) throws {
        let directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/disk", "image")
        let policy = Stand.policy(peer: "peer any", images: directory.path("images"))
        let server = try TestServer(policy.replacing("selinux off", with: "selinux \(statement)"), in: directory)
        #expect(
            try server.errors() == """
                openhookd: warning: no label is checked: `selinux off`, or no SELinux in this kernel

                """)
        do {
            let connection = try server.connect()
            #expect(try connection.open(directory.path("images/disk"), OpenFlag.readWrite).file != nil)
            #expect(try connection.open("/unlisted", OpenFlag.readWrite).errno == .permissionDenied)
            try connection.send(RawConnection.bytes(3) + RawConnection.bytes(1))
            guard case .closed = try connection.reply().answer else {
                Issue.record("answered")
                return
            }
        }
        _ = try server.reload()
        #expect(try server.stop() == .exited(0))
        let records = try server.records()
        let events: Set = [
            "started", "opened", "handed-over", "refused", "protocol-violation", "policy-loaded", "stopped",
        ]
        #expect(Set(records.map(\.event)) == events)
        // That an answer was handed over says nothing again that the record before it, of the same request, has said.
        #expect(records.filter { $0["selinux"] != "off" }.map(\.event) == ["handed-over"])
    }
}
