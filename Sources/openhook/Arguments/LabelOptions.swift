import ArgumentParser
import HookLinux
import HookPolicy
import HookSELinux
import HookSepol
import HookServer

/// Whose label a question is about, and who answers for SELinux.
struct LabelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The label of the QEMU that asks: user:role:type:level.", valueName: "label"),
        transform: SecurityContext.reading)
    var peerLabel: SecurityContext?

    @Option(
        help: ArgumentHelp(
            "The label that the file has, on a file system that keeps labels; with --create, its directory.",
            valueName: "label"),
        transform: SecurityContext.reading)
    var objectLabel: SecurityContext?

    @Option(
        help: ArgumentHelp(
            "What the kernel calls all files of a mount without labels, such as nfs_t.", valueName: "label"),
        transform: SecurityContext.reading)
    var mountLabel: SecurityContext?

    @Option(
        help: ArgumentHelp(
            "Ask this binary SELinux policy in the place of the kernel's (/etc/selinux/*/policy/policy.*).",
            valueName: "file"))
    var selinuxPolicy: FileName?

    @Option(
        help: ArgumentHelp(
            "The label of openhookd, for --selinux-policy. (default: \(defaultServer))", valueName: "label"),
        transform: SecurityContext.reading)
    var serverLabel: SecurityContext?

    private static let defaultServer = "system_u:system_r:openhookd_t:s0"

    func validate() throws {
        guard peerLabel == nil else {
            if objectLabel != nil, mountLabel != nil {
                throw ValidationError("--object-label and --mount-label exclude each other")
            }
            if serverLabel != nil, selinuxPolicy == nil {
                throw ValidationError("--server-label goes with --selinux-policy")
            }
            return
        }
        if let stray = given.first { throw ValidationError("\(stray) goes with --peer-label") }
    }

    /// The options that are there.
    var given: [String] {
        let all = [
            ("--peer-label", peerLabel != nil), ("--object-label", objectLabel != nil),
            ("--mount-label", mountLabel != nil), ("--selinux-policy", selinuxPolicy != nil),
            ("--server-label", serverLabel != nil),
        ]
        return all.filter(\.1).map(\.0)
    }

    var object: GivenObjectLabel {
        if let objectLabel { return .own(objectLabel) }
        return mountLabel.map(GivenObjectLabel.mount) ?? .none
    }

    /// - Throws: what is wrong with the policy's file, or a label that it does not know.
    func policy() throws -> SELinuxPolicyFile? {
        guard let selinuxPolicy else { return nil }
        let engine: SepolPolicy
        do throws(SepolPolicy.Failure) { engine = try SepolPolicy(readingFile: try path(of: selinuxPolicy)) } catch {
            throw Failure(.environment, selinuxPolicy, "\(error)")
        }
        let server = try serverLabel ?? SecurityContext.reading(Self.defaultServer)
        let file = SELinuxPolicyFile(name: selinuxPolicy, engine: engine, server: server)
        let labels = [("--peer-label", peerLabel), ("--object-label", objectLabel), ("--mount-label", mountLabel)]
        for case (let option, .some(let label)) in labels where !engine.knows(label) {
            throw Failure(
                .environment, selinuxPolicy, "the policy does not know the label of \(option), \(label)")
        }
        guard engine.knows(server) else {
            throw Failure(
                .environment, selinuxPolicy,
                "the policy does not know the server's label, \(server): "
                    + "install the policy module, or name another one with --server-label")
        }
        return file
    }

    private func path(of file: FileName) throws(SepolPolicy.Failure) -> SystemPath {
        do { return try SystemPath(file.bytes) } catch { throw .unreadable(error) }
    }
}

/// A SELinux policy that is asked in the place of the kernel's.
struct SELinuxPolicyFile {
    let name: FileName
    let engine: SepolPolicy
    let server: SecurityContext

    var authority: LabelAuthority { .policy(engine, server: server) }

    /// Why a question's label stage refuses; empty for what is not the policy's doing.
    func reasons(for answer: PolicyQuestion.Answer) -> [DenialReason] {
        guard case .refused(let refusal, _) = answer.outcome, case .label(let label) = refusal.reason,
            let denial = label.denial
        else { return [] }
        return (try? engine.reasons(for: denial)) ?? []
    }
}
