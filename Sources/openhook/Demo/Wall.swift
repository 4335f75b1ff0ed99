import HookLinux

/// What keeps QEMU from the images, so that the broker is its only way to them.
enum Wall {
    /// Root's demo: QEMU runs as somebody who owns nothing here.
    case otherUser(UserIdentity)
    /// Anybody's demo: QEMU runs as the same user, and Landlock lets it reach what it needs to run, no more.
    case landlock
    /// Neither can be had: no QEMU is started.
    case none(why: String)

    /// What a program needs to start, and to read of the system.
    private static let systemDirectories = ["/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/opt"].map {
        SystemPath(text: $0)
    }

    static func ofThisProcess() -> Wall {
        if ThisProcess.effectiveUser == 0 {
            guard let nobody = try? UserDatabase.user(Array("nobody".utf8)), nobody.uid != 0 else {
                return .none(why: "there is no user nobody")
            }
            return .otherUser(nobody)
        }
        guard LandlockRuleset.kernelVersion != nil else { return .none(why: "this kernel has no Landlock") }
        return .landlock
    }

    /// Who asks the broker: the test client, and QEMU.
    var users: [UInt32] {
        let own = ThisProcess.effectiveUser
        return if case .otherUser(let user) = self { [own, user.uid] } else { [own] }
    }

    /// Puts a program behind the wall.
    ///
    /// - Parameter run: the directory that the program may use.
    func confine(_ command: inout ChildProcess.Command, run: SystemPath) {
        switch self {
        case .otherUser(let user): command.user = user
        case .landlock:
            command.confinement = .landlock(
                reading: Self.systemDirectories, everything: [run, SystemPath("/dev/null")])
        case .none: break
        }
    }

    var words: String {
        switch self {
        case .otherUser(let user): "user \(user.uid) (nobody); the images are root's, in a folder of mode 0700"
        case .landlock: "the same user, behind Landlock: it reaches system files and its run folder, no images"
        case .none(let why): why
        }
    }
}
