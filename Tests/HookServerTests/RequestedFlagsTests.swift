import Glibc
import HookAudit
import HookPolicy
import SystemPackage
import Testing

@testable import HookServer

/// Stage 2: which flags are accepted, and what the reopening gets of them.
struct RequestedFlagsTests {
    /// All that may be asked for beside an access mode; every other bit of the 32 is refused.
    static let accepted: [CInt] = [
        O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, O_APPEND, O_NONBLOCK, O_DSYNC, O_SYNC & ~O_DSYNC, 0o40000 /* O_DIRECT */,
        0o100_000 /* O_LARGEFILE */, O_NOFOLLOW, 0o1_000_000 /* O_NOATIME */, O_CLOEXEC,
    ]

    #if arch(x86_64)
        @Test(arguments: 2..<32)
        func `each flag bit beside O_RDWR is accepted or refused as the design lists it`(_ bit: Int) {
            let raw = UInt32(1) << UInt32(bit)
            let isAccepted = Self.accepted.contains { UInt32(bitPattern: $0) == raw }
            #expect(((try? RequestedFlags(UInt32(O_RDWR) | raw)) != nil) == isAccepted, "bit \(bit)")
        }
    #endif

    @Test(arguments: [
        (UInt32(O_RDONLY), Access.readOnly), (UInt32(O_WRONLY), .writeOnly), (UInt32(O_RDWR), .readWrite),
    ])
    func `the three access modes are known`(_ raw: UInt32, _ access: Access) throws {
        #expect(try RequestedFlags(raw).access == access)
    }

    @Test(arguments: [UInt32(3), UInt32(O_RDONLY | O_TRUNC), UInt32.max])
    func `what cannot be opened like that is EINVAL at the stage of flags`(_ raw: UInt32) {
        do throws(Refusal) {
            _ = try RequestedFlags(raw)
            Issue.record("accepted")
        } catch {
            #expect(error.errno == .invalidArgument)
            #expect(error.stage == .flags)
        }
    }

    @Test(arguments: [
        (O_RDWR | O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, O_RDWR),
        (O_RDWR | O_EXCL, O_RDWR | O_EXCL),
        (O_WRONLY | O_APPEND | O_NONBLOCK | O_SYNC, O_WRONLY | O_APPEND | O_NONBLOCK | O_SYNC),
    ])
    func `the reopening gets the access mode and the status flags, and O_EXCL only without O_CREAT`(
        _ asked: CInt, _ reopening: CInt
    ) throws {
        #expect(try RequestedFlags(UInt32(asked)).reopening == reopening)
    }
}
