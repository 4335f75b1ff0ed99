import ArgumentParser
import HookAuthoring
import HookLinux
import HookPolicy
import HookServer
import SystemPackage

/// `openhook learn`: the rules that an audit trail shows to be missing.
struct LearnCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Propose the narrowest rules for what an audit trail shows as refused, and write them.",
        usage: "openhook learn [<options>] --policy <policy> <audit>",
        discussion: """
            Each name that was refused for want of a rule gets one line with that name and the access that was asked \
            for; so does what a `learn` statement let through. What a deny, a label, a kind or a link refused gets no \
            rule but an explanation; nor does what lies where no VM has files, such as /etc.

            On a terminal each line is asked about, as aa-logprof does; elsewhere they are listed, and nothing is \
            written without --yes. Before anything is written the changed policy is held against the whole trail: \
            what was granted must still be granted, what was agreed to must be granted now, and nothing else that was \
            refused. The old file is kept as <policy>.orig. Comments and layout stay.

            Examples:
              openhook learn /var/log/openhook/web01.jsonl \\
                --policy /etc/openhook/web01.policy
              openhook learn web01.jsonl --policy web01.policy --within /srv/images \\
                --yes
              openhook learn web01.jsonl --policy web01.policy --within /srv/images \\
                --patterns --yes -o web01.new

            Exit status:
              0  the rules are written, or none is missing
              1  nothing is written: the rules were only listed, or declined, or the
                 changed policy would not do what it promises
              2  the policy has errors, the trail has no record, or wrong usage
              3  the trail cannot be read, or the policy cannot be written: with -o also if
                 that file is there
            """)

    @Argument(help: ArgumentHelp("The audit trail: JSON lines, as openhookd --audit writes them.", valueName: "audit"))
    var audit: FileName

    @Option(help: ArgumentHelp("The policy to add to.", valueName: "policy"))
    var policy: FileName

    @Option(help: ArgumentHelp("Only for names beneath this directory; may be given several times.", valueName: "dir"))
    var within: [CleanName] = []

    @Flag(help: "Propose a pattern where at least three names differ in one place.")
    var patterns = false

    @Flag(help: "Agree to everything that is proposed.")
    var yes = false

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp(
            "Write the changed policy here, where no file may be, in the place of the old.", valueName: "file"))
    var output: FileName?

    @Flag(help: "Print JSON, and ask nothing.")
    var json = false

    var form: AnswerForm { json ? .json : .text }

    func run() throws {
        let loader = try policy.policyLoader(.anyone)
        let policy = try self.policy.parsePolicy()
        let file = LearnedPolicyFile(self.policy, output)
        try file.checkPlace()
        let session = try readTrail(policy)
        guard session.reading.records > 0 else { throw Failure(.usage, audit, "there is no audit record in it") }
        let report = LearnReport(session: session, policy: policy)
        if form == .text { try stream.write(report.summary) }
        guard !session.items.isEmpty else {
            try say(report.rest, json: report.json(written: nil))
            return try end(session.byHand.isEmpty ? .good : .refused)
        }
        let decisions = try decide(session, report)
        if form == .text { try stream.write(report.rest) }
        guard !decisions.isEmpty else {
            switch form {
            case .text: StandardError.write("openhook: nothing is written\n")
            case .json: try stream.write(report.json(written: nil))
            }
            return try end(.refused)
        }
        let outcome = try change(session, decisions, loader, report)
        let written = try file.write(outcome.text, insteadOf: policy)
        try say(report.text(of: outcome, decisions, written), json: report.json(written: written))
    }

    private func readTrail(_ policy: Policy) throws -> LearnSession {
        let path = try audit.path()
        do throws(Errno) {
            return try LearnSession(
                AuditLog(path), policy, within: within.map(\.path), patterns ? .proposed : .never)
        } catch .illegalSeek {
            throw Failure(
                .environment, audit, "it is read twice, so it must be a file: put the records into one first")
        } catch {
            throw Failure(.environment, audit, error.described)
        }
    }

    private func decide(_ session: LearnSession, _ report: LearnReport) throws -> LearnSession.Decisions {
        if yes {
            if form == .text { try stream.write(report.proposals) }
            return session.everything
        }
        if form == .json { return LearnSession.Decisions() }
        guard StandardInput.isTerminal, StandardOutput.isTerminal else {
            try stream.write(report.proposals)
            StandardError.write(
                "openhook: this is no terminal, so nobody can be asked: --yes agrees to all of it\n")
            return LearnSession.Decisions()
        }
        return try LearnDialogue(session, report).decisions()
    }

    private func change(
        _ session: LearnSession, _ decisions: LearnSession.Decisions, _ loader: PolicyLoader, _ report: LearnReport
    ) throws -> LearnSession.Outcome {
        do throws(LearnSession.Failure) {
            return try session.outcome(of: decisions) { text in
                Result { () throws(PolicyLoader.Failure) in try loader.parse(asMain: text).policy }
            }
        } catch .violations(let violations, let count) {
            StandardError.write(report.text(of: violations, count: count))
            throw Failure(.refused, "nothing is written: the changed policy would not do what it promises")
        } catch .noPolicy(let diagnostics, let sources) {
            throw Failure(
                .refused, policy, as: .policy, "nothing is written: the changed policy has errors", diagnostics,
                in: sources)
        } catch .unreadable(let errno) {
            throw Failure(.environment, audit, errno.described)
        }
    }
}
