internal import HookLinux
internal import HookSELinux
internal import HookWire

/// The SELinux label that the policy pins for QEMU.
enum LaunchLabel {
    /// A pair of sockets with that label; nil if the policy pins none, or this kernel has no SELinux.
    static func socketPair(_ terms: LaunchTerms) throws(LaunchFailure) -> SocketPair? {
        let interface = LibSELinux()
        guard let bytes = terms.label, interface.kernelListsSELinux() else { return nil }
        let label = try context(bytes)
        do throws(LabelledSocketPair.Failure) {
            return try LabelledSocketPair.make(.stream, labelled: label, through: interface)
        } catch {
            throw .environment("\(error)")
        }
    }

    /// Has the exec that comes give QEMU that label.
    static func setForExec(_ terms: LaunchTerms) throws(LaunchFailure) {
        guard let bytes = terms.label else {
            throw .usage("--transition needs a `peer label` statement: the label that QEMU is to have")
        }
        let label = try context(bytes)
        do throws(ExecutionLabel.Failure) { try ExecutionLabel.set(label, through: LibSELinux()) } catch {
            throw .environment("\(error)")
        }
    }

    private static func context(_ bytes: [UInt8]) throws(LaunchFailure) -> SecurityContext {
        guard let context = SecurityContext(validating: bytes) else {
            throw .usage("`peer label` is no security context")
        }
        return context
    }
}
