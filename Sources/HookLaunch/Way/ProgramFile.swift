internal import HookLinux
internal import SystemPackage

/// What the file of a program is, as far as it decides which ways to the broker it has (elf(5)).
enum ProgramFile: Sendable, Equatable {
    /// Loaded by the dynamic loader, which loads a preload library as well.
    case dynamic
    /// Needs no loader.
    case `static`
    /// `#!`: its interpreter is executed first.
    case script
    /// Nothing that this machine executes by itself, or for another machine.
    case unknown

    /// How much of a file is looked at: the headers of real programs lie in the first page.
    private static let headerLimit = 4096

    /// - Throws: errnos of `open(2)` and `read(2)`.
    init(at path: SystemPath) throws(Errno) {
        self.init(beginning: try SmallFile.readBeginning(path, count: Self.headerLimit))
    }

    /// Reads the first bytes of a file.
    init(beginning bytes: [UInt8]) {
        if bytes.starts(with: "#!".utf8) {
            self = .script
        } else if bytes.starts(with: [0x7F] + Array("ELF".utf8)), bytes.count > 4, bytes[4] == Self.class64 {
            self = Self.hasInterpreter(bytes) ? .dynamic : .static
        } else {
            self = .unknown
        }
    }

    private static let class64: UInt8 = 2
    /// PT_INTERP
    private static let interpreter: UInt64 = 3

    private static func hasInterpreter(_ bytes: [UInt8]) -> Bool {
        guard let table = number(8, at: 32, in: bytes), let size = number(2, at: 54, in: bytes),
            let count = number(2, at: 56, in: bytes), size >= 56, table < UInt64(headerLimit)
        else { return false }
        return (0..<count).contains { index in
            number(4, at: Int(table + index * size), in: bytes) == interpreter
        }
    }

    /// A number of so many bytes, in the order of this machine: a program of another one is not executed anyway.
    private static func number(_ size: Int, at offset: Int, in bytes: [UInt8]) -> UInt64? {
        guard offset >= 0, offset + size <= bytes.count else { return nil }
        let part = bytes[offset..<offset + size]
        return part.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
