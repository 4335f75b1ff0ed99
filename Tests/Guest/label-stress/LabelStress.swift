import HookLinux
import HookSELinux
import Synchronization
import SystemPackage

/// `label-stress THREADS CHECKS`: so many threads that ask `LabelCheck` all at once, compared with what the kernel says: of
/// what no boolean decides, before; of the rest, around the check, where the policy is the same before and after it.
///
/// It prints one line, and exits with 1 if an answer was wrong or missing. Somebody else switches booleans meanwhile.
@main
enum LabelStress {
    private static let wrong = Atomic<Int>(0)
    /// Those that a boolean decides, and that could be compared.
    private static let compared = Atomic<Int>(0)
    private static let unanswered = Atomic<Int>(0)
    private static let finished = Atomic<Int>(0)
    private static let progress = EventCount()

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap(Int.init)
        guard numbers.count == 2 else { throw Errno.invalidArgument }
        let (threads, checks) = (numbers[0], numbers[1])
        let kernel = LibSELinux()
        let check = try LabelCheck(.require, through: kernel)
        let questions = try Questions(count: 300, of: kernel)
        let loadsBefore = try kernel.status().policyLoads
        for number in 0..<threads {
            try Thread.start { ask(check, questions, kernel, startingAt: number &* 530, count: checks) }
        }
        while true {
            let seen = progress.value
            if finished.load(ordering: .acquiring) == threads { break }
            progress.wait(while: seen, until: nil)
        }
        let loads = try kernel.status().policyLoads &- loadsBefore
        let (wrong, unanswered) = (wrong.load(ordering: .acquiring), unanswered.load(ordering: .acquiring))
        try StandardOutput.write(
            """
            \(threads * checks) checks, \(wrong) wrong, \(unanswered) unanswered, \
            \(compared.load(ordering: .acquiring)) of a boolean's compared, \(loads) loads of the policy

            """)
        guard wrong == 0, unanswered == 0 else { throw Errno(rawValue: 1) }
    }

    private static func ask(
        _ check: LabelCheck, _ questions: Questions, _ kernel: LibSELinux, startingAt start: Int, count: Int
    ) {
        for number in 0..<count {
            let question = questions[start &+ number]
            // One in eight: each costs two questions that no cache answers.
            let isCompared = question.isAllowed == nil && number % 64 < 8
            let before = isCompared ? settled(question, questions, kernel) : nil
            let isAllowed: Bool
            do throws(LabelRefusal) {
                _ = try check.check(
                    subject: question.subject, object: .kernel(question.object), kind: .file, access: [.read, .write])
                isAllowed = true
            } catch .denied, .withheld {
                isAllowed = false
            } catch {
                unanswered.add(1, ordering: .relaxed)
                continue
            }
            if let right = question.isAllowed {
                if right != isAllowed { wrong.add(1, ordering: .relaxed) }
            } else if let before, before == settled(question, questions, kernel) {
                compared.add(1, ordering: .relaxed)
                if before.isAllowed != isAllowed { wrong.add(1, ordering: .relaxed) }
            }
        }
        finished.add(1, ordering: .acquiringAndReleasing)
        progress.advance()
    }

    private struct Settled: Equatable {
        let isAllowed: Bool
        let sequence: UInt32
    }

    /// What the kernel says of it; nil while a switch is under way. Its answers change first, the status page, by which
    /// everybody is told, a moment later: until then nobody who switches has been told that it is done.
    private static func settled(
        _ question: Questions.Question, _ questions: Questions, _ kernel: LibSELinux
    ) -> Settled? {
        guard let answer = try? questions.answer(question, kernel),
            let told = try? kernel.status().policyLoads, told == answer.sequence
        else { return nil }
        return Settled(isAllowed: questions.allows(answer), sequence: answer.sequence)
    }
}
