import HookLinux
import HookSELinux
import SystemPackage
import TestSupport
import Testing

extension GuestTests {
    /// What a socket's label is, and who may choose it.
    @Suite struct SocketLabelTests {
        private static func context(_ text: String) throws -> SecurityContext {
            try #require(SecurityContext(validating: Array(text.utf8)))
        }

        @Test func `a pair made with a VM's label has it at both ends, and the thread's next pair has its own again`()
            throws
        {
            let kernel = LibSELinux()
            let label = try Self.context(VirtualMachine.a.label)
            let labelled = try LabelledSocketPair.make(.stream, labelled: label, through: kernel)
            #expect(try PeerContext.read(of: labelled.first.descriptor.number, through: kernel) == .labelled(label))
            let next = try UnixSocket.pair(.stream)
            let own = try Self.context("system_u:system_r:openhook_test_t:s0")
            #expect(try PeerContext.read(of: next.first.descriptor.number, through: kernel) == .labelled(own))
        }

        /// Who starts a server chooses its policy; who labels sockets chooses for whom it takes the other end.
        @Test(arguments: [
            ("setsockcreate", "svirt_t"), ("transition", "openhookd_t"), ("dyntransition", "openhookd_t"),
        ])
        func `a VM may neither label a socket nor become a server`(_ permission: String, _ type: String) throws {
            let kernel = LibSELinux()
            let process = try kernel.classNumber("process")
            let bit = try kernel.permissionBit(permission, ofClass: process)
            let target = try Self.context("system_u:system_r:\(type):s0")
            let machine = try Self.context(VirtualMachine.a.label)
            #expect(try kernel.access(of: machine, to: target, classNumber: process).allowed & bit == 0)
        }

        @Test(arguments: ["init_t", "initrc_t", "virtd_t", "unconfined_t"])
        func `what starts the server makes it run in openhookd_t, no_new_privs or not`(_ type: String) throws {
            let domain = "system_u:system_r:\(type):s0"
            let target = try Guest.run("selinuxexeccon", "/t/usr/sbin/openhookd", domain)
            #expect(target == "system_u:system_r:openhookd_t:s0\n")
            let kernel = LibSELinux()
            for (name, permission) in [("process", "transition"), ("process2", "nnp_transition")] {
                let number = try kernel.classNumber(name)
                let bit = try kernel.permissionBit(permission, ofClass: number)
                let answer = try kernel.access(
                    of: Self.context(domain), to: Self.context("system_u:system_r:openhookd_t:s0"), classNumber: number)
                #expect(answer.allowed & bit == bit, "\(name) \(permission)")
            }
        }
    }
}
