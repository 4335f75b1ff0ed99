internal import CLinux
package import SystemPackage

/// A user as the kernel knows one: numbers.
package struct UserIdentity: Sendable, Equatable {
    package let uid: UInt32
    package let gid: UInt32
    /// Supplementary groups.
    package let groups: [UInt32]

    package init(uid: UInt32, gid: UInt32, groups: [UInt32]) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
    }

    /// What this process runs as.
    package static func own() throws(Errno) -> UserIdentity {
        var groups = [UInt32](repeating: 0, count: 65_536)
        var count = groups.count
        _ = try check(
            unsafe groups.withUnsafeMutableBufferPointer { unsafe oh_own_groups($0.baseAddress, &count) })
        return UserIdentity(uid: oh_effective_user(), gid: oh_effective_group(), groups: Array(groups[..<count]))
    }
}

/// Names of users and groups to numbers. `getpwnam_r(3)`, `getgrnam_r(3)`, `getgrouplist(3)`.
package enum UserDatabase {
    /// A user by name or decimal number. A number need not be known; its group is then the same number.
    ///
    /// - Throws: `ENOENT` for an unknown name.
    package static func user(_ name: [UInt8]) throws(Errno) -> UserIdentity {
        if let number = decimal(name) { return UserIdentity(uid: number, gid: number, groups: []) }
        let path = try SystemPath(name)
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        _ = try check(unsafe path.withCString { unsafe oh_find_user($0, &uid, &gid) })
        var groups = [UInt32](repeating: 0, count: 1024)
        var count = groups.count
        _ = try check(
            unsafe path.withCString { name in
                unsafe groups.withUnsafeMutableBufferPointer {
                    unsafe oh_groups_of_user(name, gid, $0.baseAddress, &count)
                }
            })
        return UserIdentity(uid: uid, gid: gid, groups: Array(groups[..<count]))
    }

    /// - Throws: `ENOENT` for an unknown name.
    package static func group(_ name: [UInt8]) throws(Errno) -> UInt32 {
        if let number = decimal(name) { return number }
        let path = try SystemPath(name)
        var gid: UInt32 = 0
        _ = try check(unsafe path.withCString { unsafe oh_find_group($0, &gid) })
        return gid
    }

    /// 4294967295 means "no change" to the kernel and is nobody's number.
    private static func decimal(_ name: [UInt8]) -> UInt32? {
        guard !name.isEmpty, name.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt32(String(decoding: name, as: UTF8.self)), number != .max
        else { return nil }
        return number
    }
}
