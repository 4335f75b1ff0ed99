import HookAuthoring
import HookLinux
import HookPolicy
import SystemPackage

/// Asks about each proposal on the terminal, as aa-logprof does.
struct LearnDialogue {
    private let session: LearnSession
    private let report: LearnReport
    private var decided = LearnSession.Decisions()
    private var takenPatterns: Set<Int> = []

    init(_ session: LearnSession, _ report: LearnReport) {
        self.session = session
        self.report = report
    }

    private enum Choice: Character {
        case allow = "a"
        case readOnly = "r"
        case deny = "d"
        case pattern = "p"
        case skip = "s"
        case finish = "f"
        case quit = "q"
    }

    /// - Throws: `Failure` if standard input cannot be read.
    func decisions() throws -> LearnSession.Decisions {
        var dialogue = self
        for (index, item) in session.items.enumerated() {
            if let pattern = item.pattern, dialogue.takenPatterns.contains(pattern) { continue }
            try AnswerStream.output.write("\n" + report.text(of: item, number: index + 1))
            switch try dialogue.choice(for: item) {
            case .allow: dialogue.decided.allowed.append(item.allow)
            case .readOnly: if let proposal = item.readOnly { dialogue.decided.allowed.append(proposal) }
            case .deny: if let proposal = item.deny { dialogue.decided.denied.append(proposal) }
            case .pattern:
                guard let pattern = item.pattern else { continue }
                dialogue.takenPatterns.insert(pattern)
                dialogue.decided.allowed.append(session.patterns[pattern])
            case .skip: continue
            case .finish: return dialogue.decided
            case .quit: return LearnSession.Decisions()
            }
        }
        return dialogue.decided
    }

    private func choice(for item: LearnSession.Item) throws -> Choice {
        var offers = ["(A)llow"]
        var known: [Choice] = [.allow, .skip, .finish, .quit]
        if item.readOnly != nil {
            offers.append("(R)ead-only")
            known.append(.readOnly)
        }
        if item.deny != nil {
            offers.append("(D)eny")
            known.append(.deny)
        }
        if item.pattern != nil {
            offers.append("(P)attern")
            known.append(.pattern)
        }
        let question = "  " + (offers + ["(S)kip", "(F)inish", "(Q)uit"]).joined(separator: "  ") + " [S]: "
        while true {
            try AnswerStream.output.write(question)
            let line: [UInt8]?
            do throws(Errno) { line = try StandardInput.line() } catch {
                throw Failure(.environment, "standard input: \(error.described)")
            }
            // The end of the input is nobody's agreement to anything.
            guard let line else { return .quit }
            guard let letter = String(decoding: line, as: UTF8.self).lowercased().first else { return .skip }
            if let choice = Choice(rawValue: letter), known.contains(choice) { return choice }
            try AnswerStream.output.write("  one of the letters in brackets, please\n")
        }
    }
}
