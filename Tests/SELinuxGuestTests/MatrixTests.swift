import HookLinux
import TestSupport
import Testing

extension GuestTests {
    /// 4 file systems × own, base, other's × ro, rw, create, for both VMs: through the broker, and without it.
    ///
    /// The policy of each VM grants the other one's files by mistake wherever SELinux can part them, so that it is
    /// SELinux that refuses.
    @Suite struct MatrixTests {
        /// A VM on a file system.
        struct Place: CustomTestStringConvertible {
            let fileSystem: FileSystem
            let machine: VirtualMachine
            var testDescription: String { "\(machine.name) on \(fileSystem.rawValue)" }

            static let all = FileSystem.allCases.flatMap { fileSystem in
                [VirtualMachine.a, .b].map { Place(fileSystem: fileSystem, machine: $0) }
            }
        }

        @Test(arguments: Place.all)
        func `a VM gets its own image and the base to read, and nothing of the other VM's`(_ place: Place) throws {
            try FileSystem.all.get()
            try #require(Guest.run("getsebool", "virt_use_nfs") == "virt_use_nfs --> off\n")
            try place.fileSystem.removeCreated()
            let server = try GuestServer.start(Self.policy(place))
            let words = Cell.all.flatMap { ["open"] + $0.words(on: place.fileSystem, for: place.machine) }

            let answers = try place.machine.ask(server, words)

            let refusals = try server.records("refused")
            for (index, cell) in Cell.all.enumerated() {
                let name = cell.name(on: place.fileSystem, for: place.machine)
                let answer = index < answers.count ? answers[index] : "nothing"
                guard let refusal = Self.refusal(of: cell, place, by: server) else {
                    #expect(answer == cell.granted(), "\(cell.owner) \(cell.access) \(name)")
                    continue
                }
                #expect(answer == Cell.refused, "\(cell.owner) \(cell.access) \(name)")
                let found = refusals.first { $0.name == name && $0["access"] == (cell.access == .ro ? "ro" : "rw") }
                #expect(found?.stage == refusal.stage, "\(cell.owner) \(cell.access) \(name)")
                #expect(found?.reason == refusal.reason, "\(cell.owner) \(cell.access) \(name)")
            }
        }

        @Test(arguments: Place.all)
        func `without the broker the kernel gives a VM nothing on NFS without labels, and nowhere the other VM's`(
            _ place: Place
        ) throws {
            try FileSystem.all.get()
            try place.fileSystem.removeCreated()
            defer { _ = try? place.fileSystem.removeCreated() }
            let words = Cell.all.flatMap { ["direct"] + $0.words(on: place.fileSystem, for: place.machine) }

            let answers = try place.machine.run(["--use"] + words)

            let expected = Cell.all.map { cell in
                let isItsOwn = cell.owner == .own || (cell.owner == .base && cell.access == .ro)
                return isItsOwn && place.fileSystem != .plain ? cell.granted() : Cell.refused
            }
            #expect(answers == expected)
        }

        /// The policy of one VM for one file system. On NFS without labels the labels are the policy's.
        static func policy(_ place: Place) -> String {
            let (machine, root) = (place.machine, place.fileSystem.root)
            let givesLabels = place.fileSystem == .plain
            func label(_ context: String) -> String { givesLabels ? " label \(context)" : "" }
            var lines = [
                "openhook 1", "vm \(machine.name)", "peer uid \(machine.name)", "peer label \(machine.label)",
                "selinux require",
                "allow rw \(root)/\(machine.directory)/*.img create" + label(machine.imageLabel),
                "allow ro \(root)/base/*.img" + label(FileSystem.baseLabel),
            ]
            if place.fileSystem.partsImages {
                lines.append(
                    "allow rw \(root)/\(machine.other.directory)/*.img create" + label(machine.other.imageLabel))
            }
            return lines.joined(separator: "\n") + "\n"
        }

        /// Where and why a cell is refused; nil if it is granted.
        private static func refusal(
            of cell: Cell, _ place: Place, by server: TestServer
        ) -> (stage: String, reason: String)? {
            let name = cell.name(on: place.fileSystem, for: place.machine)
            switch (cell.owner, cell.access) {
            case (.own, _), (.base, .ro): return nil
            case (.base, _): return ("policy", "\(server.directory.path("policy")):7 grants ro, rw was asked")
            case (.others, _) where !place.fileSystem.partsImages:
                return ("policy", "no rule grants anything on \(name)")
            case (.others, let access):
                let open = place.fileSystem == .plain ? " open" : ""
                let missing =
                    switch access {
                    case .ro: "read lock ioctl\(open)"
                    case .rw: "read write lock ioctl\(open)"
                    case .create: "write add_name"
                    }
                let kind = access == .create ? "dir" : "file"
                return (
                    "label",
                    "SELinux denies { \(missing) } on \(place.machine.other.imageLabel) (\(kind)) to "
                        + place.machine.label
                )
            }
        }
    }
}
