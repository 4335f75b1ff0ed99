package import HookPolicy

/// Where a policy and the VM that it is for have come apart.
package struct DriftReport: Sendable {
    /// A file that the VM uses and the policy does not grant.
    package struct Need: Sendable {
        package let name: [UInt8]
        package let access: Access
        package let role: String
        /// Why it is refused, with the rule's place.
        package let reason: String
        /// What to write, and where; nil if no line would do.
        package let advice: String?
    }

    /// A rule that grants what nothing uses.
    package struct Surplus: Sendable {
        package enum Extent: Sendable, Equatable {
            /// Nothing uses what it is about.
            case whole
            /// The file is used, for less.
            case beyond(Access)
        }

        package let rule: Rule.ID
        package let extent: Extent
    }

    package let needs: [Need]
    package let surplus: [Surplus]
    /// What could not be compared.
    package let remarks: [Remark]

    /// What was not compared may have come apart as well: then nobody can say that they agree.
    package var isEmpty: Bool {
        needs.isEmpty && surplus.isEmpty && !remarks.contains { $0.kind == .refusal }
    }

    /// How much of what a VM uses its sources tell.
    package enum Scope: Sendable {
        /// All that it is started with.
        case everything
        /// The images that it has open now: nothing of kernels, logs and devices.
        case images
    }

    /// Compares what a VM uses, chains of images included, with what a policy grants.
    ///
    /// - Parameter openFiles: what the VM has open now; names that its options lead to need not be among them.
    package init(
        _ policy: Policy, _ inventory: Inventory, openFiles: [FileUse] = [], scope: Scope, host: any HostView
    ) {
        var chains = ChainWalk(host: host, within: [.root], dataFiles: .granted(by: policy))
        for use in inventory.uses { chains.add(use) }
        let comparison = DriftComparison(policy: policy, uses: chains.uses, host: host)
        let ownPaths = inventory.ownUses.map(\.path) + inventory.selfOpened
        let opened = openFiles.filter { !comparison.accounts(for: $0, besides: ownPaths) }
        let all = DriftComparison(policy: policy, uses: chains.uses + opened, host: host)
        needs = all.needs
        surplus = all.surplus(scope)
        remarks = inventory.remarks + chains.remarks
    }
}
