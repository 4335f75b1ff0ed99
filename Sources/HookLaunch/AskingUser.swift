internal import HookLinux
internal import HookWire

/// Who QEMU will be when it asks.
enum AskingUser {
    /// - Throws: if the policy lets that user or group ask nothing: QEMU would find out with its first file.
    static func check(_ user: UserIdentity, _ terms: LaunchTerms) throws(LaunchFailure) {
        try check(user.uid, "user", terms.users, statement: "peer uid")
        try check(user.gid, "group", terms.groups, statement: "peer gid")
    }

    private static func check(
        _ number: UInt32, _ kind: String, _ named: [UInt32], statement: String
    ) throws(LaunchFailure) {
        guard !named.isEmpty, !named.contains(number) else { return }
        let others = named.map(String.init).joined(separator: ", ")
        throw .usage(
            "QEMU would run as \(kind) \(number), and the policy lets \(kind) \(others) ask (`\(statement)`): start it as "
                + "that with --user, or add `\(statement) \(number)`")
    }
}
