import ArgumentParser
import HookAuthoring
import HookLinux
import HookPolicy

/// `openhook diff`: what one policy grants more, and less, than another one.
struct DiffCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what a new policy grants more, and less, than an old one: of access, not of text.",
        usage: "openhook diff [<options>] <old> <new>",
        discussion: """
            Every name that there can be is compared, not only those of files that exist, together with all that the \
            deciding rules say: access, creation, kinds, links, labels; then who may ask, and the other settings. \
            What is neither more nor less, such as another label, counts as more.

            Examples:
              openhook diff /etc/openhook/web01.policy web01.policy.new
              openhook diff <(git show HEAD:web01.policy) web01.policy

            Exit status:
              0  the new policy grants nothing that the old one does not
              1  it grants more, or something else
              2  a policy has errors, or wrong usage
              3  the patterns are too many and too entangled to be compared
            """)

    @Argument(help: ArgumentHelp("The policy as it was.", valueName: "old"))
    var old: FileName

    @Argument(help: ArgumentHelp("The policy as it is to be.", valueName: "new"))
    var new: FileName

    @OptionGroup var formOption: FormOption

    var form: AnswerForm { formOption.form }

    func run() throws {
        let (before, after) = (try old.parsePolicy(), try new.parsePolicy())
        let difference: PolicyDifference
        do throws(NameComparison.Failure) { difference = try PolicyDifference(from: before, to: after) } catch {
            throw Failure(
                .environment,
                "the patterns of these policies can be combined in too many ways: compare smaller policies, or write "
                    + "fewer `**` and `*` into one pattern")
        }
        let report = DiffReport(old: before, new: after, difference: difference)
        try say(report.text, json: report.json)
        try end(difference.grantsMore ? .refused : .good)
    }
}
