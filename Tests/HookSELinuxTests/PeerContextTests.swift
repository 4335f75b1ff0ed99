import HookSELinux
import TestSupport
import SystemPackage
import Testing

@Suite struct `The label of a peer` {
    /// EINVAL, ENOPROTOOPT, ENOSYS.
    static let noLabel: [CInt] = [22, 92, 38]

    @Test(arguments: 1...133 as ClosedRange<CInt>)
    func `is missing for three errnos, and every other errno is a failure`(number: CInt) throws {
        let errno = Errno(rawValue: number)
        let fake = FakeSELinux { $0.peer = .failure(errno) }
        if Self.noLabel.contains(number) {
            #expect(try PeerContext.read(of: 3, through: fake) == .unlabelled(because: errno))
        } else {
            #expect(failure { () throws(Errno) in try PeerContext.read(of: 3, through: fake) } == errno)
        }
    }

    @Test func `is missing if it is empty`() throws {
        let fake = FakeSELinux { $0.peer = .success([]) }
        #expect(try PeerContext.read(of: 3, through: fake) == .unlabelled(because: nil))
    }

    @Test func `is a context`() throws {
        let fake = FakeSELinux { $0.peer = .success(Context.vm.bytes) }
        #expect(try PeerContext.read(of: 3, through: fake) == .labelled(Context.vm))
    }

    @Test func `of another security module is neither a context nor missing`() throws {
        let fake = FakeSELinux { $0.peer = .success(Array("unconfined".utf8)) }
        #expect(try PeerContext.read(of: 3, through: fake) == .foreign(Array("unconfined".utf8)))
    }

    @Test func `is missing for reasons that are written down`() {
        #expect(PeerContext.noLabel.map(\.errno.rawValue) == Self.noLabel)
        #expect(PeerContext.noLabel.allSatisfy { $0.because.utf8CodeUnitCount > 20 })
    }
}

@Suite struct `The label of a file` {
    /// ENODATA, EOPNOTSUPP.
    static let noLabel: [CInt] = [61, 95]

    @Test(arguments: 1...133 as ClosedRange<CInt>)
    func `is missing for two errnos, and every other errno is a failure`(number: CInt) throws {
        let errno = Errno(rawValue: number)
        let fake = FakeSELinux { $0.file = .failure(errno) }
        if Self.noLabel.contains(number) {
            #expect(try FileContext.read(ofDescriptor: 3, through: fake) == nil)
        } else {
            #expect(failure { () throws(Errno) in try FileContext.read(ofDescriptor: 3, through: fake) } == errno)
        }
    }

    @Test func `is a context`() throws {
        let fake = FakeSELinux { $0.file = .success(Context.image.bytes) }
        #expect(try FileContext.read(ofDescriptor: 3, through: fake) == Context.image)
    }

    @Test(arguments: ["", "odd", "a b:c:d"])
    func `is a failure, not missing, if it is no context`(text: String) {
        let fake = FakeSELinux { $0.file = .success(Array(text.utf8)) }
        let thrown = failure { () throws(Errno) in try FileContext.read(ofDescriptor: 3, through: fake) }
        #expect(thrown == .illegalByteSequence)
    }
}
