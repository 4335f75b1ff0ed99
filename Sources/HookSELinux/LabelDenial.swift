/// What the SELinux policy does not allow: some permissions of one class, for one subject on one object.
package struct LabelDenial: Sendable, Equatable {
    package let subject: SecurityContext
    package let object: SecurityContext
    package let objectClass: ObjectClass
    /// The permissions that are missing, never those that were allowed.
    package let missing: Permissions

    package init(
        subject: SecurityContext, object: SecurityContext, objectClass: ObjectClass, missing: Permissions
    ) {
        self.subject = subject
        self.object = object
        self.objectClass = objectClass
        self.missing = missing
    }

    /// The line that object managers log, ready for an `AUDIT_USER_AVC` record; `ausearch` and `audit2allow` read it.
    ///
    /// - Parameters:
    ///   - permissive: whether the access was granted all the same.
    ///   - details: more fields (`path=… pid=…`), encoded by the caller so that no name can forge a field.
    package func avc(_ outcome: Outcome, for details: String = "") -> String {
        let details = details.isEmpty ? "" : details + " "
        return "avc: denied { \(missing) } for \(details)scontext=\(subject) tcontext=\(object) "
            + "tclass=\(objectClass.name) permissive=\(outcome == .granted ? 1 : 0)"
    }

    /// Whether the access was refused, or granted because nothing is enforced.
    package enum Outcome: Sendable { case refused, granted }

    /// The rule that would allow it, as a policy module has it: `allow svirt_t openhookd_t:fd use`.
    package var rule: String {
        "allow \(subject.typeName) \(object.typeName):\(objectClass.name) \(missing.inRule)"
    }
}
