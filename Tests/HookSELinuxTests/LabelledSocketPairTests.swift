import Glibc
import HookLinux
import HookSELinux
import SystemPackage
import TestSupport
import Testing

@Suite struct `A socket pair with a label` {
    private func make(_ fake: FakeSELinux) -> LabelledSocketPair.Failure? {
        do throws(LabelledSocketPair.Failure) {
            _ = try LabelledSocketPair.make(.stream, labelled: Context.vm, through: fake)
            return nil
        } catch {
            return error
        }
    }

    private let labelled: (inout FakeSELinux.State) -> Void = { $0.peer = .success(Context.vm.bytes) }

    @Test func `has it, and the next socket of the thread does not`() {
        let fake = FakeSELinux(labelled)
        #expect(make(fake) == nil)
        #expect(fake.socketContexts == [Context.vm, nil])
    }

    @Test func `leaves the thread the label that it had`() {
        let fake = FakeSELinux { state in
            labelled(&state)
            state.socketContext = .success(Context.server.bytes)
        }
        #expect(make(fake) == nil)
        #expect(fake.socketContexts == [Context.vm, Context.server])
    }

    @Test(
        arguments: [
            ("the thread", Context.vm, nil), ("its sockets, whatever the thread has", Context.server, Context.vm),
        ] as [(String, SecurityContext, SecurityContext?)])
    func `needs no label to be set if it is that of`(whom: String, own: SecurityContext, sockets: SecurityContext?) {
        let fake = FakeSELinux { state in
            labelled(&state)
            state.own = .success(own.bytes)
            state.socketContext = .success(sockets?.bytes ?? [])
        }
        #expect(make(fake) == nil)
        #expect(fake.socketContexts.isEmpty)
        // The kernel has the last word all the same.
        fake.change { $0.peer = .success(Context.otherVM.bytes) }
        #expect(make(fake) == .otherLabel(.labelled(Context.otherVM)))
    }

    @Test func `needs the label to be set if the thread's sockets have another one than the thread`() {
        let fake = FakeSELinux { state in
            labelled(&state)
            state.own = .success(Context.vm.bytes)
            state.socketContext = .success(Context.server.bytes)
        }
        #expect(make(fake) == nil)
        #expect(fake.socketContexts == [Context.vm, Context.server])
    }

    @Test func `is not made without the label`() {
        let refused = FakeSELinux { state in
            labelled(&state)
            state.failingSocketContext = (0, .permissionDenied)
        }
        #expect(make(refused) == .labelNotSet(.permissionDenied))
        let unreadable = FakeSELinux { $0.socketContext = .failure(.invalidArgument) }
        #expect(make(unreadable) == .labelNotSet(.invalidArgument))
        #expect(unreadable.socketContexts.isEmpty)
        let odd = FakeSELinux { $0.socketContext = .success(Array("no context".utf8)) }
        #expect(make(odd) == .labelNotSet(.invalidArgument))
    }

    @Test func `is closed if the label cannot be taken back`() throws {
        let fake = FakeSELinux { state in
            labelled(&state)
            state.failingSocketContext = (1, .permissionDenied)
        }
        #expect(make(fake) == .labelKept(.permissionDenied))
    }

    @Test(
        arguments: [
            ("another label", .success(Context.otherVM.bytes), .otherLabel(.labelled(Context.otherVM))),
            ("no label", .failure(.protocolNotAvailable), .otherLabel(.unlabelled(because: .protocolNotAvailable))),
            ("an empty one", .success([]), .otherLabel(.unlabelled(because: nil))),
            ("one that cannot be read", .failure(.ioError), .labelUnreadable(.ioError)),
        ] as [(String, Result<[UInt8], Errno>, LabelledSocketPair.Failure)])
    func `is refused with`(what: String, peer: Result<[UInt8], Errno>, failure: LabelledSocketPair.Failure) {
        let fake = FakeSELinux { $0.peer = peer }
        #expect(make(fake) == failure)
        #expect(fake.socketContexts == [Context.vm, nil])
    }

    @Test func `gives the label back when no pair can be made`() async {
        await #expect(processExitsWith: .success) {
            // No descriptor is left for the pair: in a process of its own.
            var none = rlimit(rlim_cur: 3, rlim_max: 3)
            guard unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &none) == 0 else { exit(1) }
            let fake = FakeSELinux()
            do throws(LabelledSocketPair.Failure) {
                _ = try LabelledSocketPair.make(.stream, labelled: Context.vm, through: fake)
                exit(2)
            } catch {
                exit(error == .notMade(.tooManyOpenFiles) && fake.socketContexts == [Context.vm, nil] ? 0 : 3)
            }
        }
    }

    @Test(.enabled(if: !LibSELinux().kernelListsSELinux()))
    func `is not made on a kernel without SELinux`() {
        #expect(throws: LabelledSocketPair.Failure.labelNotSet(.invalidArgument)) {
            _ = try LabelledSocketPair.make(.stream, labelled: Context.vm, through: LibSELinux())
        }
    }

    @Test func `says what is missing`() {
        #expect(
            LabelledSocketPair.Failure.labelNotSet(.permissionDenied).description
                == "a socket cannot be given a label: setsockcreatecon: EACCES (Permission denied): "
                + "allow it `process setsockcreate`, and use a label that the policy knows")
        #expect(
            LabelledSocketPair.Failure.otherLabel(.labelled(Context.otherVM)).description
                == "the kernel gave the socket pair another label: \(Context.otherVM)")
    }
}
