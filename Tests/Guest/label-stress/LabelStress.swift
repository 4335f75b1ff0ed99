import HookLinux
import HookSELinux
import Synchronization
import SystemPackage

/// `label-stress THREADS CHECKS`: so many threads that ask `LabelCheck` all at once, compared with what the kernel said before.
///
/// It prints one line, and exits with 1 if an answer was wrong or missing. Somebody else switches booleans meanwhile.
@main
enum LabelStress {
    private static let wrong = Atomic<Int>(0)
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
            try Thread.start { ask(check, questions, startingAt: number &* 530, count: checks) }
        }
        while true {
            let seen = progress.value
            if finished.load(ordering: .acquiring) == threads { break }
            progress.wait(while: seen, until: nil)
        }
        let loads = try kernel.status().policyLoads &- loadsBefore
        let (wrong, unanswered) = (wrong.load(ordering: .acquiring), unanswered.load(ordering: .acquiring))
        try StandardOutput.write(
            "\(threads * checks) checks, \(wrong) wrong, \(unanswered) unanswered, \(loads) loads of the policy\n"
        )
        guard wrong == 0, unanswered == 0 else { throw Errno(rawValue: 1) }
    }

    private static func ask(_ check: LabelCheck, _ questions: Questions, startingAt start: Int, count: Int) {
        for number in 0..<count {
            let question = questions[start &+ number]
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
            if let right = question.isAllowed, right != isAllowed { wrong.add(1, ordering: .relaxed) }
        }
        finished.add(1, ordering: .acquiringAndReleasing)
        progress.advance()
    }
}
