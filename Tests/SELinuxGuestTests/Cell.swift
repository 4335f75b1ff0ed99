import Testing

/// One cell of the matrix: a VM asks for a file on a file system, in one way.
struct Cell {
    enum Owner: String, CaseIterable { case own, base, others = "other's" }
    enum Access: String, CaseIterable { case ro, rw, create }

    let owner: Owner
    let access: Access

    static let all = Owner.allCases.flatMap { owner in Access.allCases.map { Cell(owner: owner, access: $0) } }

    /// The file, for a VM.
    func name(on fileSystem: FileSystem, for machine: VirtualMachine) -> String {
        let directory =
            switch owner {
            case .own: machine.directory
            case .base: "base"
            case .others: machine.other.directory
            }
        let file = owner == .base ? "base.img" : "disk.img"
        return "\(fileSystem.root)/\(directory)/\(access == .create ? "new-of-\(machine.name).img" : file)"
    }

    /// The client's words after `open` or `direct`.
    func words(on fileSystem: FileSystem, for machine: VirtualMachine) -> [String] {
        let flags =
            switch access {
            case .ro: "rdonly"
            case .rw: "rdwr"
            case .create: "rdwr,creat"
            }
        return [flags, "600", name(on: fileSystem, for: machine)]
    }

    /// What the client prints if it gets a file and may use it.
    func granted() -> String {
        switch (access, owner) {
        case (.ro, .base): "ok flags=rdonly size=10"
        case (.ro, _): "ok flags=rdonly size=7"
        case (.rw, .base): "ok flags=rdwr size=10"
        case (.rw, _): "ok flags=rdwr size=7"
        case (.create, _): "ok flags=rdwr size=0"
        }
    }

    static let refused = "errno EACCES"
}
