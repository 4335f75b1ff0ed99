import HookLinux
import HookSELinux
import SystemPackage
import TestSupport
import Testing

extension GuestTests {
    /// What a socket's label is, and who may choose it.
    @Suite struct SocketLabelTests {
        @Test func `a pair made with a VM's label has it at both ends, and the thread's next pair has its own again`()
            throws
        {
            let kernel = LibSELinux()
            let label = context(VirtualMachine.a.label)
            let labelled = try LabelledSocketPair.make(.stream, labelled: label, through: kernel)
            #expect(try PeerContext.read(of: labelled.first.descriptor.number, through: kernel) == .labelled(label))
            let next = try UnixSocket.pair(.stream)
            let own = context("system_u:system_r:openhook_test_t:s0")
            #expect(try PeerContext.read(of: next.first.descriptor.number, through: kernel) == .labelled(own))
        }

        /// Who starts a server chooses its policy; who labels sockets chooses for whom it takes the other end.
        @Test(arguments: [
            ("setsockcreate", "svirt_t"), ("transition", "openhookd_t"), ("dyntransition", "openhookd_t"),
        ])
        func `a VM may neither label a socket nor become a server`(_ permission: String, _ type: String) throws {
            let target = "system_u:system_r:\(type):s0"
            #expect(try !Guest.isAllowed(VirtualMachine.a.label, target, "process", permission))
        }

        @Test func `a domain that joins by openhook_client() may use what it is given`() throws {
            let server = "system_u:system_r:openhookd_t:s0"
            let client = "system_u:system_r:openhook_test_client_t:s0"
            #expect(try Guest.isAllowed(client, server, "fd", "use"))
            #expect(try Guest.isAllowed(client, server, "unix_stream_socket", "connectto"))
            #expect(try !Guest.isAllowed(client, server, "process", "transition"))
        }

        @Test(arguments: ["init_t", "initrc_t", "virtd_t", "unconfined_t", "openhook_test_launcher_t"])
        func `what starts the server makes it run in openhookd_t, no_new_privs or not`(_ type: String) throws {
            let domain = "system_u:system_r:\(type):s0"
            let target = "system_u:system_r:openhookd_t:s0"
            #expect(try Guest.run("selinuxexeccon", "/t/usr/sbin/openhookd", domain) == "\(target)\n")
            for (name, permission) in [("process", "transition"), ("process2", "nnp_transition")] {
                #expect(try Guest.isAllowed(domain, target, name, permission), "\(name) \(permission)")
            }
        }
    }
}
