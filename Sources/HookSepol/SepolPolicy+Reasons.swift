internal import CSepol
package import HookSELinux
package import SystemPackage

extension SepolPolicy {
    /// Why each permission of a denial is denied: constraints and rules that have the same cause in common are named
    /// once. `sepol_compute_av_reason_buffer(3)`.
    ///
    /// - Throws: `EINVAL` if the policy does not know what the denial is about.
    package func reasons(for denial: LabelDenial) throws(Errno) -> [DenialReason] {
        let number = try classNumber(denial.objectClass.name)
        var causes = Causes()
        for permission in denial.missing.each {
            let bit = try permissionBit(permission.description, ofClass: number)
            let (flags, text) = try withPolicy { () throws(Errno) in
                try Self.reason(denial, classNumber: number, bit: bit)
            }
            causes.add(permission, flags, text)
        }
        return causes.reasons(for: denial)
    }

    /// The cause of one permission's denial, and the constraints that the class fails.
    private static func reason(
        _ denial: LabelDenial, classNumber: UInt16, bit: UInt32
    ) throws(Errno) -> (flags: UInt32, constraints: String) {
        let subject = try identifier(of: denial.subject)
        let object = try identifier(of: denial.object)
        var decision = sepol_av_decision()
        var flags: UInt32 = 0
        var buffer: UnsafeMutablePointer<CChar>?
        let result = unsafe sepol_compute_av_reason_buffer(
            subject, object, classNumber, bit, &decision, &flags, &buffer, 0)
        defer { unsafe free(buffer) }
        guard result == 0 else { throw .invalidArgument }
        guard let text = unsafe buffer else { return (flags, "") }
        return (flags, unsafe String(cString: text))
    }
}

/// Permissions by the cause of their denial.
private struct Causes {
    private var unruled: Permissions = []
    private var roles: Permissions = []
    private var bounds: Permissions = []
    private var constraints: [(text: String, permissions: Permissions)] = []

    mutating func add(_ permission: Permissions, _ flags: UInt32, _ text: String) {
        if flags & UInt32(SEPOL_COMPUTEAV_TE) != 0 { unruled.insert(permission) }
        if flags & UInt32(SEPOL_COMPUTEAV_RBAC) != 0 { roles.insert(permission) }
        if flags & UInt32(SEPOL_COMPUTEAV_BOUNDS) != 0 { bounds.insert(permission) }
        // Also of what no rule allows: a constraint would forbid it once one does.
        for constraint in ConstraintText.all(in: text) where constraint.isAbout(permission) {
            add(permission, constraint.text)
        }
    }

    private mutating func add(_ permission: Permissions, _ text: String) {
        if let index = constraints.firstIndex(where: { $0.text == text }) {
            constraints[index].permissions.insert(permission)
        } else {
            constraints.append((text, permission))
        }
    }

    func reasons(for denial: LabelDenial) -> [DenialReason] {
        var reasons: [DenialReason] = []
        if !unruled.isEmpty {
            let rule = LabelDenial(
                subject: denial.subject, object: denial.object, objectClass: denial.objectClass, missing: unruled)
            reasons.append(.noRule(rule.rule))
        }
        reasons += constraints.map { .constraint($0.permissions, $0.text) }
        if !roles.isEmpty { reasons.append(.role(roles)) }
        if !bounds.isEmpty { reasons.append(.bounds(bounds)) }
        return reasons
    }
}

/// One line of libsepol's report: `mlsconstrain file { read write } ((h1 dom h2 -Fail-) or …); Constraint DENIED`.
private struct ConstraintText {
    private let permissions: [Substring]
    /// Without what it ends with.
    let text: String

    func isAbout(_ permission: Permissions) -> Bool { permissions.contains { $0 == permission.description } }

    static func all(in report: String) -> [ConstraintText] {
        report.split(separator: "\n").compactMap { line in
            guard let open = line.firstIndex(of: "{"), let close = line[open...].firstIndex(of: "}") else { return nil }
            let words = line[line.index(after: open)..<close].split(separator: " ")
            let statement = line.firstIndex(of: ";").map { line[...$0] } ?? line
            return ConstraintText(permissions: words, text: String(statement))
        }
    }
}
