package import HookPolicy

/// What one VM is called, who it runs as, and which files it uses: as a domain, a command line or the VM itself says.
///
/// Nothing in it has been judged: names may be anything.
package struct Inventory: Sendable {
    /// Where it is from, for the head of a policy: ``libvirt domain `web01` ``.
    package var source: String
    package var name: [UInt8]?
    package var uuid: [UInt8]?
    package var identity = VMIdentity()
    /// Where relative names begin: QEMU's working directory. Nil if nobody knows.
    package var directory: AbsolutePath?
    /// In the order of the source.
    package var uses: [FileUse] = []
    /// What QEMU needs with its own rights: sockets it makes, directories it works in.
    package var ownUses: [OwnUse] = []
    /// Files that QEMU opens with its own rights, and that no statement is about.
    var selfOpened: [[UInt8]] = []
    package var remarks: [Remark] = []

    package init(source: String) { self.source = source }

    mutating func note(_ text: String) { remarks.append(Remark(.note, text)) }
    mutating func refuse(_ text: String) { remarks.append(Remark(.refusal, text)) }
}

/// Something to be said about a VM's files that is no rule.
package struct Remark: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// There is no rule, and none is needed, or what is to be known beside a rule.
        case note
        /// The VM names a file that it is not granted.
        case refusal
    }

    package let kind: Kind
    /// Fit to be shown: names in it are escaped.
    package let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

/// Who the VM's QEMU is for the kernel.
package struct VMIdentity: Sendable, Equatable {
    /// A user's number or name; nil: not known.
    package var user: [UInt8]?
    package var selinux = SELinuxIdentity.unknown
    var accelerator = Accelerator.kvm

    package init() {}

    /// What runs the guest: SELinux policies have a type for each.
    enum Accelerator: Sendable {
        case kvm, tcg

        /// The type that libvirt gives to such a QEMU.
        var type: String {
            switch self {
            case .kvm: "svirt_t"
            case .tcg: "svirt_tcg_t"
            }
        }
    }
}

/// What SELinux calls a VM.
package enum SELinuxIdentity: Sendable, Equatable {
    case unknown
    /// The source says that the VM has no label.
    case none
    /// New categories at each start. The label of the process and of its images as of now, where they are known.
    case dynamic(process: [UInt8]?, image: [UInt8]?)
    /// The same at each start.
    case fixed(process: [UInt8], image: [UInt8]?)
}

/// A path that QEMU uses with its own rights, which is no grant of the broker's (`own`).
package struct OwnUse: Sendable, Hashable {
    package let kind: OwnStatement.Kind
    package let path: [UInt8]
    /// What for, in a few words.
    package let role: String
}
