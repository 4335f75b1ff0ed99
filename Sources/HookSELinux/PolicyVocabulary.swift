internal import SystemPackage

/// The numbers that the loaded policy gives to the classes and permissions we ask about.
///
/// They are resolved by name, all of them, at start and after each policy load: a policy that does not know one of
/// them answers "allowed" for it where `handle_unknown=allow`, so such a policy is never asked.
struct PolicyVocabulary: Sendable {
    /// A name that the loaded policy does not know.
    enum Gap: Error, Equatable {
        case unknownClass(ObjectClass, Errno)
        case unknownPermission(ObjectClass, Permissions, Errno)
    }

    private struct Entry {
        let number: UInt16
        /// By the index of the permission's name; 0 for a permission that the class is never asked.
        let bits: [UInt32]
    }

    /// By the class's raw value.
    private let entries: [Entry]

    init(of engine: any PolicyEngine) throws(Gap) {
        var entries: [Entry] = []
        for objectClass in ObjectClass.allCases {
            entries.append(try Self.resolve(objectClass, engine))
        }
        self.entries = entries
    }

    private static func resolve(_ objectClass: ObjectClass, _ engine: any PolicyEngine) throws(Gap) -> Entry {
        let number: UInt16
        do {
            number = try engine.classNumber(objectClass.name)
        } catch {
            throw .unknownClass(objectClass, error)
        }
        var bits: [UInt32] = []
        for (index, name) in Permissions.names.enumerated() {
            let permission = Permissions(rawValue: 1 << UInt16(index))
            guard objectClass.permissions.contains(permission) else {
                bits.append(0)
                continue
            }
            do {
                bits.append(try engine.permissionBit(name, ofClass: number))
            } catch {
                throw .unknownPermission(objectClass, permission, error)
            }
        }
        return Entry(number: number, bits: bits)
    }

    func number(of objectClass: ObjectClass) -> UInt16 { entries[Int(objectClass.rawValue)].number }

    /// What of `wanted` is not among the allowed bits. A permission without a bit is never allowed.
    func missing(_ wanted: Permissions, of objectClass: ObjectClass, allowed: UInt32) -> Permissions {
        let bits = entries[Int(objectClass.rawValue)].bits
        var missing: Permissions = []
        for (index, bit) in bits.enumerated() {
            let permission = Permissions(rawValue: 1 << UInt16(index))
            if wanted.contains(permission), bit == 0 || allowed & bit != bit { missing.insert(permission) }
        }
        return missing
    }
}
