import HookLinux
import HookPolicy
import HookSeccomp
import Testing

/// The filter itself, which every test of a program runs under.
struct FilterTests {
    @Test func `the filter says in words what it does`() throws {
        let words = try NotifyFilter(ioUring: .refused, coverage: .managedNames).words
        #expect(words.count == 8)
        #expect(words.first?.hasPrefix("the broker answers: ") == true)
        #expect(words[1].hasPrefix("fails with EPERM: open_by_handle_at name_to_handle_at mount "))
        #expect(words[2] == "fails with EPERM: clone with a new namespace")
        #expect(words[3] == "fails with ENOSYS: clone3")
        #expect(words[4] == "fails with EACCES: socket and socketpair of AF_UNIX datagram sockets")
        #expect(words[5] == "fails with ENOSYS: io_uring_setup io_uring_enter io_uring_register")
        #expect(
            words[6] == "the process is killed: calls of another ABI (32-bit and x32 calls of a 64-bit process)")
        #expect(words[7] == "allowed: every other call")
    }

    @Test func `io_uring is left alone where the policy allows it`() throws {
        let words = try NotifyFilter(ioUring: .allowed, coverage: .managedNames).words
        #expect(!words.contains { $0.contains("io_uring") })
    }

    @Test func `a program of which every name is the policy's is asked for its descriptors' status, too`() throws {
        let some = try NotifyFilter(ioUring: .refused, coverage: .managedNames).program
        let all = try NotifyFilter(ioUring: .refused, coverage: .strict).program
        #expect(some != all)
        // Instructions of eight bytes, as many as the kernel takes.
        #expect(some.count % 8 == 0 && some.count / 8 <= 4096)
    }
}
