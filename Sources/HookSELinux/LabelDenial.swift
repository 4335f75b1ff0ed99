/// What the SELinux policy does not allow: some permissions of one class, for one subject on one object.
package struct LabelDenial: Sendable, Equatable {
    package let subject: SecurityContext
    package let object: SecurityContext
    package let objectClass: ObjectClass
    /// The permissions that are missing, never those that were allowed.
    package let missing: Permissions

    /// Those of the missing permissions that are to be logged: a `dontaudit` rule takes some out.
    package let audited: Permissions

    /// - Parameter audited: nil for all that are missing.
    package init(
        subject: SecurityContext, object: SecurityContext, objectClass: ObjectClass, missing: Permissions,
        audited: Permissions? = nil
    ) {
        self.subject = subject
        self.object = object
        self.objectClass = objectClass
        self.missing = missing
        self.audited = audited ?? missing
    }

    /// The text of an `AUDIT_USER_AVC` record, letter by letter as libselinux's own object managers write it (two blanks
    /// in three places), so that `ausearch` and `audit2allow` read it. Nil where the policy wants nothing logged.
    ///
    /// - Parameter details: more fields (`spid=… path=…`), encoded by the caller so that no name can forge a field.
    package func avc(_ outcome: Outcome, for details: String = "") -> String? {
        guard !audited.isEmpty else { return nil }
        return "avc:  denied  { \(audited) } for  \(details) scontext=\(subject) tcontext=\(object) "
            + "tclass=\(objectClass.name) permissive=\(outcome == .granted ? 1 : 0)"
    }

    /// Whether the access was refused, or granted because nothing is enforced.
    package enum Outcome: Sendable { case refused, granted }

    /// The rule that would allow it, as a policy module has it: `allow svirt_t openhookd_t:fd use`.
    package var rule: String {
        "allow \(subject.typeName) \(object.typeName):\(objectClass.name) \(missing.inRule)"
    }
}
