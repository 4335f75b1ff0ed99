import HookLinux
import HookSELinux
import TestSupport
import Testing

@testable import HookServer

/// Which label stands for an object: every combination of what the mount keeps, what the policy gives, and what the
/// kernel calls the object, which is the VM's own image throughout.
struct LabelChoiceTests {
    enum Given: CaseIterable {
        case nothing
        /// The same as the kernel's.
        case same
        case byRule, byRoot
    }

    enum Expected: Equatable {
        case kernels
        case policys(and: SecurityContext?)
        case refused(String)
    }

    private static let unlabelled = "the file has no label: add `label CONTEXT` to the rule or its root"
    private static let differs = "the file's label is \(Context.image), not the one that the rule names"

    static let rows: [(Mount.Labelling, Given, Expected, Expected)] = [
        (.perFile, .nothing, .kernels, .policys(and: nil)),
        (.perFile, .same, .kernels, .policys(and: nil)),
        (.perFile, .byRule, .refused(differs), .policys(and: nil)),
        (.perFile, .byRoot, .kernels, .policys(and: nil)),
        (.context, .nothing, .kernels, .kernels),
        (.context, .same, .kernels, .kernels),
        (.context, .byRule, .refused(differs), .refused(differs)),
        (.context, .byRoot, .kernels, .kernels),
        (.none, .nothing, .refused(unlabelled), .refused(unlabelled)),
        (.none, .same, .policys(and: Context.image), .policys(and: Context.image)),
        (.none, .byRule, .policys(and: Context.image), .policys(and: Context.image)),
        (.none, .byRoot, .policys(and: Context.image), .policys(and: Context.image)),
        (.unknown, .nothing, .kernels, .policys(and: nil)),
        (.unknown, .same, .policys(and: Context.image), .policys(and: Context.image)),
        (.unknown, .byRule, .policys(and: Context.image), .policys(and: Context.image)),
        (.unknown, .byRoot, .policys(and: Context.image), .policys(and: Context.image)),
    ]

    /// What a host's policy gives to a file that is made there.
    private static let ofDirectory = context("system_u:object_r:made_t:s0")

    private static func byDirectory(_ directory: SecurityContext) throws(Refusal) -> SecurityContext { ofDirectory }

    private func label(of given: Given) -> (context: SecurityContext, source: LabelFinding.Source)? {
        switch given {
        case .nothing: nil
        case .same: (Context.image, .rule)
        case .byRule: (Context.directory, .rule)
        case .byRoot: (Context.directory, .root)
        }
    }

    @Test(arguments: rows)
    func `the label of a file`(
        labelling: Mount.Labelling, given: Given, expected: Expected, ofNewFile: Expected
    ) {
        let given = label(of: given)
        let choice = LabelChoice(given: given, kernel: Context.image, labelling: labelling)
        do throws(Refusal) {
            let (label, source) = try choice.ofObject()
            switch expected {
            case .kernels:
                #expect(label == .kernel(Context.image))
                #expect(source == .kernel)
            case .policys(let kernel):
                #expect(given.map { label == .policy($0.context, kernel: kernel) } == true)
                #expect(source == given?.source)
            case .refused(let reason): Issue.record("not refused: \(reason)")
            }
        } catch {
            #expect(expected == .refused(error.words))
        }
    }

    @Test(arguments: rows)
    func `the label of a file that is made`(
        labelling: Mount.Labelling, given: Given, ofFile: Expected, expected: Expected
    ) {
        let given = label(of: given)
        let choice = LabelChoice(given: given, kernel: Context.image, labelling: labelling)
        do throws(Refusal) {
            let (directory, file, source) = try choice.ofNewFile(Self.byDirectory)
            switch expected {
            case .kernels:
                #expect(file == .kernel(Context.image))
                #expect(directory == file)
            case .policys(.none):
                // The file system will keep what is given to the file, or what its directory gives.
                #expect(file == .kernel(given?.context ?? Self.ofDirectory))
                #expect(directory == .kernel(Context.image))
                #expect(source == given?.source ?? .kernel)
            case .policys(let kernel):
                #expect(given.map { file == .policy($0.context, kernel: kernel) } == true)
                #expect(directory == file)
            case .refused(let reason): Issue.record("not refused: \(reason)")
            }
        } catch {
            #expect(expected == .refused(error.words))
        }
    }

    @Test(arguments: [Mount.Labelling.perFile, .context, .unknown])
    func `a file that the kernel has no label for has none`(labelling: Mount.Labelling) {
        let choice = LabelChoice(given: nil, kernel: nil, labelling: labelling)
        #expect(reason { () throws(Refusal) in _ = try choice.ofObject() } == Self.unlabelled)
        #expect(reason { () throws(Refusal) in _ = try choice.ofNewFile(Self.byDirectory) } == Self.unlabelled)
    }

    private func reason(_ body: () throws(Refusal) -> Void) -> String? {
        do throws(Refusal) {
            try body()
            return nil
        } catch {
            return error.words
        }
    }
}
