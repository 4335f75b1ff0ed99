import HookLinux
import HookPolicy
import Testing

@testable import HookSeccomp

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
        func conditions(_ coverage: NotifyFilter.Coverage) -> [String: [UInt32]] {
            let rules = FilterRules(ioUring: .refused, coverage).rules.filter { $0.action == .notify }
            return Dictionary(uniqueKeysWithValues: rules.map { ("\($0.call)", $0.conditions.map(\.argument)) })
        }
        // `AT_EMPTY_PATH` must not be among their flags, or they are the program's own affair.
        let some = conditions(.managedNames)
        #expect(some.filter { !$0.value.isEmpty } == ["newfstatat": [3], "statx": [2]])
        let all = conditions(.strict)
        #expect(all.keys == some.keys)
        #expect(all.allSatisfy { $0.value.isEmpty })
    }

    @Test(arguments: NotifyFilter.Coverage.allCases)
    func `the filter is as many instructions as the kernel takes, of eight bytes each`(
        coverage: NotifyFilter.Coverage
    ) throws {
        let program = try NotifyFilter(ioUring: .refused, coverage: coverage).program
        #expect(program.count % 8 == 0 && program.count / 8 <= 4096)
    }

    /// A call that is left out is allowed.
    @Test(arguments: NotifyFilter.Coverage.allCases)
    func `every call that a rule is about is known by its name`(coverage: NotifyFilter.Coverage) {
        let calls = FilterRules(ioUring: .refused, coverage).rules.map(\.call)
        #expect(calls.filter { $0.meaning == .unknown } == [])
        #if arch(x86_64)
            #expect(calls.filter { $0.meaning == .absent } == [])
        #endif
    }

    @Test func `a rule about a call that is not known makes no filter`() {
        #expect(throws: NotifyFilter.Failure.unknownCall("open_everything")) {
            try FilterCompiler.compile([FilterRule(call: "open_everything", action: .notify)])
        }
        #expect(
            NotifyFilter.Failure.unknownCall("open_everything").description
                == "the filter is about open_everything, which is no system call that is known here")
    }
}
