import HookLinux
import HookSELinux
import SystemPackage
import TestSupport
import Testing

@testable import HookServer

/// What the kernel says when it is asked for a peer's label, and what becomes of the connection.
struct PeerLabelTests {
    enum Pinning: String, CaseIterable, Sendable { case pinned, unpinned }

    /// Connections that are admitted by a policy, or are not.
    private struct Door {
        let fake: FakeSELinux
        let generation: PolicyGeneration

        init(_ requirement: String, _ pinning: Pinning, _ change: (inout FakeSELinux.State) -> Void = { _ in }) throws {
            fake = FakeSELinux(change)
            let directory = try ScratchDirectory()
            let peer = pinning == .pinned ? "label \(Context.vm)" : "any"
            try directory.file("policy", "openhook 1\nvm label\nselinux \(requirement)\npeer \(peer)\n")
            let loader = PolicyLoader(
                path: SystemPath(text: directory.path("policy")), ownership: .checked, labels: fake,
                mounts: MountTable())
            generation = try loader.load(generation: 1, DescriptorDirectory(of: .process)).generation
        }

        /// What becomes of a connection whose peer has that label.
        func outcome(_ label: Result<[UInt8], Errno>) throws -> String {
            fake.change { $0.peer = label }
            let ends = try UnixSocket.pair(.stream)
            let connection = try Connection(ends.takeFirst(), .accepted, labels: fake)
            do throws(PeerCheck.Rejection) {
                switch try PeerCheck(process: nil).admit(connection, generation) {
                case .label(let subject): return "label \(subject)"
                case .unchecked: return "unchecked"
                }
            } catch {
                return "\(error)"
            }
        }
    }

    /// EINVAL, ENOPROTOOPT, ENOSYS.
    private static let noLabel: [CInt] = [22, 92, 38]
    private static let unreadable = "the peer's label cannot be read: "
    private static let noneAndNotPinned = "the peer has no label ("

    @Test(arguments: ["require", "if-enabled"], Pinning.allCases)
    func `where the kernel has labels three errnos are a peer without one, and every other errno turns it away`(
        requirement: String, pinning: Pinning
    ) throws {
        let door = try Door(requirement, pinning)
        for number in 1...133 as ClosedRange<CInt> {
            let outcome = try door.outcome(.failure(Errno(rawValue: number)))
            if !Self.noLabel.contains(number) {
                #expect(outcome.hasPrefix(Self.unreadable), "\(number): \(outcome)")
            } else if pinning == .pinned {
                #expect(outcome == "label \(Context.vm)", "\(number)")
            } else {
                #expect(outcome.hasPrefix(Self.noneAndNotPinned), "\(number): \(outcome)")
            }
        }
        let empty = try door.outcome(.success([]))
        #expect(pinning == .pinned ? empty == "label \(Context.vm)" : empty.hasPrefix(Self.noneAndNotPinned))
        #expect(try door.outcome(.success(Context.vm.bytes)) == "label \(Context.vm)")
        let other = try door.outcome(.success(Context.otherVM.bytes))
        if pinning == .pinned {
            #expect(other.contains("which no `peer label` or `peer type` of the policy names"))
        } else {
            #expect(other == "label \(Context.otherVM)")
        }
    }

    @Test(arguments: [("off", true), ("off", false), ("if-enabled", false)], Pinning.allCases)
    func `where no label is checked a peer without one is let in, and one whose label cannot be read is not`(
        row: (requirement: String, kernelHasLabels: Bool), pinning: Pinning
    ) throws {
        let door = try Door(row.requirement, pinning) {
            guard !row.kernelHasLabels else { return }
            $0.isListed = false
            $0.own = .failure(.invalidArgument)
        }
        for number in 1...133 as ClosedRange<CInt> {
            let outcome = try door.outcome(.failure(Errno(rawValue: number)))
            if Self.noLabel.contains(number) {
                #expect(outcome == "unchecked", "\(number)")
            } else {
                #expect(outcome.hasPrefix(Self.unreadable), "\(number): \(outcome)")
            }
        }
        #expect(try door.outcome(.success([])) == "unchecked")
    }

    @Test func `a policy that requires labels is not in force on a kernel without them`() throws {
        #expect(throws: PolicyLoader.Failure.self) {
            try Door("require", .unpinned) {
                $0.isListed = false
                $0.own = .failure(.invalidArgument)
            }
        }
    }
}
