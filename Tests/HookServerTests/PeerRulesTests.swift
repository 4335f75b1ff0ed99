import HookLinux
import HookSELinux
import Testing

@testable import HookServer

struct PeerRulesTests {
    struct Row: CustomTestStringConvertible {
        let users: [UInt32]
        let groups: [UInt32]
        let peer: (uid: UInt32, gid: UInt32)
        let admitted: Bool
        var testDescription: String {
            "uid \(peer.uid) gid \(peer.gid) is \(admitted ? "" : "not ")admitted by uid \(users) gid \(groups)"
        }
    }

    @Test(arguments: [
        Row(users: [], groups: [], peer: (1, 1), admitted: true),
        Row(users: [1], groups: [], peer: (1, 9), admitted: true),
        Row(users: [1], groups: [], peer: (2, 9), admitted: false),
        Row(users: [1, 2], groups: [], peer: (2, 9), admitted: true),
        Row(users: [], groups: [5], peer: (2, 5), admitted: true),
        Row(users: [], groups: [5], peer: (2, 6), admitted: false),
        Row(users: [1], groups: [5], peer: (1, 5), admitted: true),
        Row(users: [1], groups: [5], peer: (1, 6), admitted: false),
        Row(users: [1], groups: [5], peer: (2, 5), admitted: false),
    ])
    func `statements of different kinds must all hold, one of each kind`(_ row: Row) {
        let rules = PeerRules(pins: [], users: row.users, groups: row.groups, admitsAnyone: false)
        #expect(rules.admits(PeerCredentials(pid: 1, uid: row.peer.uid, gid: row.peer.gid)) == row.admitted)
    }

    @Test func `where labels are not checked, a pinned label or type alone does not say who may ask`() {
        let pinned = PeerRules(pins: [.type(Array("svirt_t".utf8))], users: [], groups: [], admitsAnyone: false)
        #expect(pinned.unnamedAskers(checkingLabels: true) == nil)
        #expect(pinned.unnamedAskers(checkingLabels: false) == .labelsAlone)
        let both = PeerRules(pins: [.type(Array("svirt_t".utf8))], users: [107], groups: [], admitsAnyone: false)
        #expect(both.unnamedAskers(checkingLabels: false) == nil)
        let anyone = PeerRules(pins: [], users: [], groups: [], admitsAnyone: true)
        #expect(anyone.unnamedAskers(checkingLabels: false) == nil)
        let nobody = PeerRules(pins: [], users: [], groups: [], admitsAnyone: false)
        #expect(nobody.unnamedAskers(checkingLabels: true) == .noStatementAboutLabelsEither)
        #expect(nobody.unnamedAskers(checkingLabels: false) == .noStatement)
    }
}
