import HookSELinux
import TestSupport
import SystemPackage
import Testing

/// A cell of the table in the design: what the policy says, the kernel, the peer, what is pinned, what happens.
struct PlanCell: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let requirement: LabelRequirement
    let kernel: KernelLabels
    let peer: PeerContext
    let pins: [PeerPin]
    let plan: LabelPlan

    init(
        _ name: String, _ requirement: LabelRequirement, _ kernel: KernelLabels, _ peer: PeerContext,
        _ pins: [PeerPin], _ plan: LabelPlan
    ) {
        testDescription = name
        self.requirement = requirement
        self.kernel = kernel
        self.peer = peer
        self.pins = pins
        self.plan = plan
    }
}

private let labelled = PeerContext.labelled(Context.vm)
private let unlabelled = PeerContext.unlabelled(because: .protocolNotAvailable)
private let foreign = PeerContext.foreign(Array("unconfined".utf8))
private let pinned = PeerPin.label(Context.vm)
private let typePinned = PeerPin.type(Array("svirt_t".utf8))
private let noLabel = LabelPlan.refuse(.peerHasNoLabel(because: .protocolNotAvailable))

@Suite struct `What happens to a connection's requests` {
    static let off: [PlanCell] = [
        .init("require, kernel off, labelled", .require, .off, labelled, [], .refuse(.selinuxIsOff)),
        .init("require, kernel off, unlabelled", .require, .off, unlabelled, [], .refuse(.selinuxIsOff)),
        .init("require, kernel off, pinned", .require, .off, unlabelled, [pinned], .refuse(.selinuxIsOff)),
        .init("if-enabled, kernel off, unlabelled", .ifEnabled, .off, unlabelled, [], .noCheck(.kernelHasNoLabels)),
        .init("if-enabled, kernel off, pinned", .ifEnabled, .off, unlabelled, [pinned], .noCheck(.kernelHasNoLabels)),
        .init("if-enabled, kernel off, AppArmor", .ifEnabled, .off, foreign, [], .noCheck(.kernelHasNoLabels)),
        .init("off, kernel off, unlabelled", .off, .off, unlabelled, [], .noCheck(.policySaysOff)),
        .init("off, kernel off, AppArmor", .off, .off, foreign, [], .noCheck(.policySaysOff)),
        .init("off, kernel on, labelled", .off, .on, labelled, [], .noCheck(.policySaysOff)),
        .init("off, kernel on, unlabelled", .off, .on, unlabelled, [], .noCheck(.policySaysOff)),
        .init("off, kernel on, the pinned label", .off, .on, labelled, [pinned], .noCheck(.policySaysOff)),
    ]

    @Test(arguments: off)
    func `is no check, or none at all, where labels are off`(cell: PlanCell) {
        #expect(LabelPlan.decide(cell.requirement, kernel: cell.kernel, peer: cell.peer, pins: cell.pins) == cell.plan)
    }

    static let on: [PlanCell] = [LabelRequirement.require, .ifEnabled].flatMap { mode in
        [
            .init("\(mode), labelled", mode, .on, labelled, [], .check(subject: Context.vm)),
            .init("\(mode), labelled as pinned", mode, .on, labelled, [pinned], .check(subject: Context.vm)),
            .init("\(mode), labelled, type as pinned", mode, .on, labelled, [typePinned], .check(subject: Context.vm)),
            .init("\(mode), unlabelled, nothing pinned", mode, .on, unlabelled, [], noLabel),
            .init(
                "\(mode), unlabelled, full label pinned", mode, .on, unlabelled, [pinned], .check(subject: Context.vm)),
            .init("\(mode), unlabelled, type alone pinned", mode, .on, unlabelled, [typePinned], noLabel),
            .init(
                "\(mode), unlabelled, label and type pinned", mode, .on, unlabelled, [typePinned, pinned],
                .check(subject: Context.vm)),
            .init(
                "\(mode), empty label", mode, .on, .unlabelled(because: nil), [],
                .refuse(.peerHasNoLabel(because: nil))),
            .init(
                "\(mode), unlabelled, two labels pinned", mode, .on, unlabelled, [pinned, .label(Context.otherVM)],
                .refuse(.severalLabelsPinned)),
            .init(
                "\(mode), AppArmor, full label pinned", mode, .on, foreign, [pinned],
                .refuse(.peerLabelIsForeign(Array("unconfined".utf8)))),
        ] as [PlanCell]
    }

    @Test(arguments: on)
    func `is a check for a subject, or a refusal, where the kernel has labels`(cell: PlanCell) {
        #expect(LabelPlan.decide(cell.requirement, kernel: cell.kernel, peer: cell.peer, pins: cell.pins) == cell.plan)
    }

    @Test(arguments: LabelRequirement.allCases, KernelLabels.allCases)
    func `is a refusal for a label other than the pinned one`(requirement: LabelRequirement, kernel: KernelLabels) {
        for pin in [PeerPin.label(Context.otherVM), .type(Array("svirt".utf8)), .type(Array("svirt_tcg_t".utf8))] {
            let plan = LabelPlan.decide(requirement, kernel: kernel, peer: labelled, pins: [pin])
            #expect(plan == .refuse(.peerIsAnother(Context.vm)))
        }
    }

    @Test func `is a refusal for the pinned label with its categories in another order`() {
        let peer = PeerContext.labelled(context("system_u:system_r:svirt_t:s0:c2,c1"))
        #expect(
            LabelPlan.decide(.require, kernel: .on, peer: peer, pins: [pinned])
                == .refuse(.peerIsAnother(context("system_u:system_r:svirt_t:s0:c2,c1"))))
    }

    static let texts: [(LabelPlan.ConnectionRefusal, String)] = [
        (.selinuxIsOff, "the policy says `selinux require`, and this kernel has no SELinux"),
        (
            .peerHasNoLabel(because: .protocolNotAvailable),
            "the peer has no label (ENOPROTOOPT (Protocol not available)): pin one with `peer label CONTEXT`"
        ),
        (.peerHasNoLabel(because: nil), "the peer has no label (it is empty): pin one with `peer label CONTEXT`"),
        (
            .peerLabelIsForeign(Array("un\nconfined".utf8)),
            #"the peer's label is no SELinux context: "un\nconfined""#
        ),
        (
            .peerIsAnother(Context.vm),
            "the peer's label is system_u:system_r:svirt_t:s0:c1,c2, which no `peer label` or `peer type` of the "
                + "policy names"
        ),
        (
            .severalLabelsPinned,
            "the peer has no label, and the policy pins several: it must name one alone to vouch for it"
        ),
    ]

    @Test(arguments: texts)
    func `is refused in words`(refusal: LabelPlan.ConnectionRefusal, text: String) {
        #expect(refusal.description == text)
    }
}
