import HookLinux
import TestSupport
import Testing

extension GuestTests {
    @Suite struct ConcurrencyTests {
        @Test func `200,000 checks by 8 threads while booleans are switched: none hangs, none is wrong`() throws {
            let output = try Guest.shell(
                """
                (while :; do setsebool virt_use_nfs on; sleep 0.5; setsebool virt_use_nfs off; sleep 0.5; done) &
                switching=$!
                result=0
                timeout 300 ./label-stress || result=$?
                kill "$switching"
                wait "$switching" || true
                setsebool virt_use_nfs off
                exit "$result"
                """)
            #expect(
                output.wholeMatch(of: /200000 checks, 0 wrong, 0 unanswered, [1-9][0-9]* loads of the policy\n/) != nil,
                "\(output)")
        }
    }
}
