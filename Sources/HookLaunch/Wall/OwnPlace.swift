package import HookLinux
internal import HookWire
internal import SystemPackage

/// Something of the file system that QEMU may use with its own rights.
package struct OwnPlace: Sendable {
    package enum Use: Sendable, Hashable {
        /// Reading and executing.
        case read
        /// Everything but executing, and making device nodes.
        case write
        /// Making and removing sockets, in a directory. Connecting to one is nothing that Landlock knows.
        case socket
    }

    /// Who says so.
    package enum Origin: Sendable, Hashable { case standard, policy, launcher }

    package let path: SystemPath
    package let use: Use
    package let origin: Origin

    init(_ path: SystemPath, _ use: Use, _ origin: Origin) {
        self.path = path
        self.use = use
        self.origin = origin
    }

    /// The rights that it is granted with, as far as the kernel knows them.
    var rights: LandlockRights {
        switch use {
        case .read: [.execute, .readFile, .readDirectory]
        case .write:
            LandlockRights.known(to: .max).subtracting([.execute, .makeCharacterDevice, .makeBlockDevice])
        case .socket: [.readDirectory, .makeSocket, .removeFile]
        }
    }

    /// As in the policy language.
    package var word: String {
        switch use {
        case .read: "ro"
        case .write: "rw"
        case .socket: "socket"
        }
    }
}

extension OwnPlace {
    /// What a QEMU needs to run, and what no policy need say.
    static let standardReading = ["/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/opt"].map {
        SystemPath(text: $0)
    }

    static let standardWriting =
        ["null", "zero", "full", "random", "urandom", "ptmx", "kvm", "pts", "shm"].map {
            SystemPath(text: "/dev/\($0)")
        }

    /// Files of the system that are symbolic links in many places, to what lies elsewhere.
    static let standardFiles = ["/etc/resolv.conf", "/etc/localtime", "/etc/hosts", "/etc/nsswitch.conf"].map {
        SystemPath(text: $0)
    }

    /// What the policy says; nil for a name that no system call takes.
    init?(_ own: LaunchTerms.OwnPath) {
        let use: Use =
            switch own.use {
            case .readOnly: .read
            case .readWrite: .write
            case .socket: .socket
            }
        guard let path = try? SystemPath(own.path) else { return nil }
        self.init(path, use, .policy)
    }
}
