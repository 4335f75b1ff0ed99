import HookAudit
import SystemPackage
import Testing

@Suite struct `A record's line` {
    private func line(_ record: AuditRecord) throws -> String {
        let trail = try Trail()
        try trail.sink.record(record, urgency: .beforeAnswer)
        return try trail.text()
    }

    @Test func `has every field, in a fixed order`() throws {
        var record = record(.opened, name: "/srv/nfs/images/web01.qcow2")
        record.uuid = Array("4dea22b3-1d52-d8f3-2516-782e98ab3fa0".utf8)
        record.request = 42
        record.stage = .label
        record.rule = Array("/etc/openhook/web01.policy:18".utf8)
        record.reason = Array("because".utf8)
        record.add = Array("allow rw web01.qcow2".utf8)
        record.target = Array("/srv/nfs/images/old.qcow2".utf8)
        record.object = Array("/srv/real/web01.qcow2".utf8)
        record.device = .init(major: 8, minor: 1)
        record.inode = UInt64.max
        record.kind = .file
        record.flags = 0o40002 | 0x8000_0000
        record.mode = 0o640
        record.access = .readWrite
        record.peer = .init(pid: 4711, uid: 107, gid: 108, label: Array("u:r:svirt_t:s0:c1,c2".utf8))
        record.objectLabel = Array("u:object_r:svirt_image_t:s0:c1,c2".utf8)
        record.labelSource = .rule
        record.selinux = .enforcing
        record.result = .granted
        record.errno = .permissionDenied
        record.microseconds = 17
        record.repeated = 2
        let expected =
            #"{"time":"2026-07-01T12:34:56.789012Z","vm":"web01","uuid":"4dea22b3-1d52-d8f3-2516-782e98ab3fa0","#
            + #""generation":3,"event":"opened","request":42,"stage":"label","rule":"/etc/openhook/web01.policy:18","#
            + #""reason":"because","add":"allow rw web01.qcow2","name":"/srv/nfs/images/web01.qcow2","#
            + #""target":"/srv/nfs/images/old.qcow2","object":"/srv/real/web01.qcow2","device":"8:1","inode":18446744073709551615,"kind":"file","#
            + #""flags":"O_RDWR|O_DIRECT|0x80000000","mode":"0640","access":"rw","peer_pid":4711,"peer_uid":107,"#
            + #""peer_gid":108,"peer_label":"u:r:svirt_t:s0:c1,c2","object_label":"u:object_r:svirt_image_t:s0:c1,c2","#
            + #""label_source":"rule","selinux":"enforcing","result":"granted","errno":"EACCES","errno_number":13,"#
            + #""microseconds":17,"repeated":2}"# + "\n"
        #expect(try line(record) == expected)
    }

    @Test func `leaves out what is not known`() throws {
        let expected =
            #"{"time":"2026-07-01T12:34:56.789012Z","vm":"web01","generation":3,"event":"started"}"# + "\n"
        #expect(try line(record(.started)) == expected)
    }

    @Test func `has the number alone of an errno without a name`() throws {
        var record = record(.refused)
        record.errno = Errno(rawValue: 4000)
        #expect(try line(record).hasSuffix(#""event":"refused","errno_number":4000}"# + "\n"))
    }

    @Test(arguments: AuditRecord.Event.allCases)
    func `names its event in lower case words`(event: AuditRecord.Event) throws {
        let trail = try Trail()
        try trail.sink.record(record(event), urgency: .beforeAnswer)
        let word = event.rawValue.description
        #expect(try trail.events() == [word])
        #expect(word.allSatisfy { $0.isLowercase || $0 == "-" })
    }

    static let times: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000000Z"),
        (999, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999999Z"),
        (4_107_542_400_000_001_000, "2100-03-01T00:00:00.000001Z"),
        (.max, "2262-04-11T23:47:16.854775Z"),
        (.min, "1677-09-21T00:12:43.145224Z"),
    ]

    @Test(arguments: times)
    func `has the time in UTC with microseconds`(time: Int64, text: String) throws {
        var record = record(.started)
        record.time = time
        #expect(try line(record).hasPrefix(#"{"time":"\#(text)","#))
    }
}
