import ArgumentParser
import HookLinux
import HookSELinux
import HookSepol

/// `selinux-compare`: asks libsepol and the kernel the same questions, and lists each answer in which they differ.
@main
struct SELinuxCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selinux-compare",
        abstract: "Compare what libsepol says of a SELinux policy with what the kernel says that has loaded it.",
        discussion: """
            Without --policy it is the policy that the kernel has loaded, with its booleans as they are set.

            Exit status:
              0  every answer is the same, or its difference has a reason
              1  one differs for no known reason, or fewer questions were asked than --least
              2  wrong usage
              3  a policy cannot be asked
            """)

    @Option(help: "The policy's binary file.")
    var policy = "/sys/fs/selinux/policy"

    @Option(help: "Another binary file in the place of the kernel.")
    var against: String?

    @Option(help: "How many answers there must be that both engines can give.")
    var least = 800

    @Flag(help: "List the answers that are the same, too.")
    var all = false

    func run() throws {
        let file: SepolPolicy
        let other: any PolicyEngine
        do throws(SepolPolicy.Failure) {
            file = try SepolPolicy(readingFile: SystemPath(text: policy))
            other =
                try against.map { (name) throws(SepolPolicy.Failure) in
                    try SepolPolicy(readingFile: SystemPath(text: name))
                } ?? LibSELinux()
        } catch {
            StandardError.write("selinux-compare: \(error)\n")
            throw ExitCode(3)
        }
        let rows = Comparison(kernel: other, file: file).ask(Matrix.questions)
        try report(rows)
        guard rows.contains(where: \.isAnswered) else { throw ExitCode(3) }
        if rows.contains(where: { $0.reason == .unexplained }) || rows.count(where: \.isAnswered) < least {
            throw ExitCode(1)
        }
    }

    private func report(_ rows: [Comparison.Row]) throws {
        for row in rows where all || !row.isAlike { try StandardOutput.write(row.line + "\n") }
        let differing = rows.filter { !$0.isAlike }
        try StandardOutput.write(
            """
            \(rows.count) questions, \(rows.count(where: \.isAnswered)) answered by both, \(differing.count) differ, \
            \(differing.count { $0.reason == .unexplained }) of them for no known reason

            """)
    }
}
