internal import CLinux

/// A system call by its kernel name, whatever number it has on this machine.
package struct SystemCallName: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let description: String

    package init(stringLiteral name: String) { description = name }

    /// What a name means on the architecture of this process.
    package enum Meaning: Sendable, Equatable {
        case number(Int32)
        /// That architecture has no such call.
        case absent
        /// This program does not know the name.
        case unknown
    }

    package var meaning: Meaning {
        let number = unsafe SystemPath(text: description).withCString { unsafe oh_call_number($0) }
        if number == Int32(OH_CALL_UNKNOWN) { return .unknown }
        return number < 0 ? .absent : .number(number)
    }

    /// The number, if there is one.
    package var number: Int32? {
        if case .number(let number) = meaning { return number }
        return nil
    }
}

/// The system calls that a process under notification does not make itself: those that act on a file by its name.
package enum MediatedCall: SystemCallName, CaseIterable, Sendable {
    case open, openat, openat2, creat
    case stat, lstat, newfstatat, statx
    case access, faccessat, faccessat2
    case readlink, readlinkat
    case unlink, unlinkat, rmdir
    case rename, renameat, renameat2
    case mkdir, mkdirat
    case truncate
    case chmod, fchmodat, fchmodat2
    case chown, lchown, fchownat
    case utime, utimes, futimesat, utimensat
    case link, linkat, symlink, symlinkat, mknod, mknodat
    case setxattr, lsetxattr, setxattrat, removexattr, lremovexattr, removexattrat
    case fileSetattr = "file_setattr"
    case connect, bind

    /// Each that this architecture has, by its number.
    package static let byNumber: [Int32: MediatedCall] = {
        var found: [Int32: MediatedCall] = [:]
        for call in allCases {
            if let number = call.rawValue.number { found[number] = call }
        }
        return found
    }()
}
