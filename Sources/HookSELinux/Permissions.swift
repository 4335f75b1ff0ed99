package import SystemPackage

/// Permissions by meaning, whatever bit the loaded policy gives to each.
package struct Permissions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let read = Permissions(rawValue: 1 << 0)
    package static let write = Permissions(rawValue: 1 << 1)
    package static let append = Permissions(rawValue: 1 << 2)
    package static let getattr = Permissions(rawValue: 1 << 3)
    package static let lock = Permissions(rawValue: 1 << 4)
    package static let ioctl = Permissions(rawValue: 1 << 5)
    package static let open = Permissions(rawValue: 1 << 6)
    package static let create = Permissions(rawValue: 1 << 7)
    package static let addName = Permissions(rawValue: 1 << 8)
    package static let use = Permissions(rawValue: 1 << 9)
    package static let removeName = Permissions(rawValue: 1 << 10)
    package static let search = Permissions(rawValue: 1 << 11)
    package static let unlink = Permissions(rawValue: 1 << 12)
    package static let rename = Permissions(rawValue: 1 << 13)

    /// What a descriptor opened like this lets its holder do: what the kernel asks when the descriptor arrives.
    /// `O_APPEND` without `O_TRUNC` asks for `append` in the place of `write`.
    package static func contents(
        _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions = []
    ) -> Permissions {
        let writing: Permissions = options.contains(.append) && !options.contains(.truncate) ? .append : .write
        switch mode {
        case .readOnly: return options.contains(.truncate) ? [.read, .write] : .read
        case .writeOnly: return writing
        default: return [.read, writing]
        }
    }

    /// One by one.
    package var each: [Permissions] {
        Self.names.indices.map { Permissions(rawValue: 1 << UInt16($0)) }.filter(contains)
    }

    /// The names of all permissions in a policy, the one at `index` belonging to the bit `1 << index`.
    static let names = [
        "read", "write", "append", "getattr", "lock", "ioctl", "open", "create", "add_name", "use", "remove_name",
        "search", "unlink", "rename",
    ]
}

extension Permissions: CustomStringConvertible {
    /// The names in a policy: `read write`.
    package var description: String {
        Self.names.indices.lazy.filter { contains(Permissions(rawValue: 1 << UInt16($0))) }
            .map { Self.names[$0] }.joined(separator: " ")
    }

    /// As a rule has them: one name alone, several in braces.
    var inRule: String { rawValue.nonzeroBitCount == 1 ? description : "{ \(description) }" }
}
