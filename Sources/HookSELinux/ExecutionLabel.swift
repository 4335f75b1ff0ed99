internal import HookLinux
package import SystemPackage

/// The label of the program that this process becomes. `setexeccon(3)`.
package enum ExecutionLabel {
    package enum Failure: Error, Sendable, Equatable {
        /// SELinux cannot be asked, or does not know the label.
        case system(Errno)
        /// This process's own label is no context: SELinux is off, or out of reach.
        case noOwnLabel
        /// The policy does not allow it: the class and the permission that it withholds.
        case denied(objectClass: String, permission: String)
    }

    /// What must be allowed between this process's label and the program's. With `no_new_privs` an exec changes the label
    /// only if the policy says so by name.
    private static let needed = [("process", "transition"), ("process2", "nnp_transition")]

    /// Makes sure that the policy allows the change of label, and sets it for the next exec of this thread.
    package static func set(_ label: SecurityContext, through interface: LibSELinux) throws(Failure) {
        let bytes: [UInt8]
        do { bytes = try interface.ownContext() } catch { throw .system(error) }
        guard let own = SecurityContext(validating: bytes) else { throw .noOwnLabel }
        for (objectClass, permission) in needed {
            let isAllowed: Bool
            do { isAllowed = try allows(own, label, objectClass, permission, interface) } catch {
                throw .system(error)
            }
            guard isAllowed else { throw .denied(objectClass: objectClass, permission: permission) }
        }
        do { try interface.setExecutionContext(label) } catch { throw .system(error) }
    }

    private static func allows(
        _ own: SecurityContext, _ label: SecurityContext, _ objectClass: String, _ permission: String,
        _ interface: LibSELinux
    ) throws(Errno) -> Bool {
        let number = try interface.classNumber(objectClass)
        let bit = try interface.permissionBit(permission, ofClass: number)
        let answer = try interface.access(of: own, to: label, classNumber: number)
        if answer.allowed & answer.decided & bit != 0 || answer.domainIsPermissive { return true }
        return try !interface.isEnforcing()
    }
}

extension ExecutionLabel.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let errno): "QEMU cannot be given its label: \(errno.described)"
        case .noOwnLabel: "QEMU cannot be given a label: this system has no SELinux, or the launcher cannot reach it"
        case .denied(let objectClass, let permission):
            "SELinux does not let the launcher give QEMU its label: allow it `\(objectClass) \(permission)` "
                + "(install the policy module)"
        }
    }
}
