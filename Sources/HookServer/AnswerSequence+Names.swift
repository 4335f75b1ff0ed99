internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookWire
package import SystemPackage

/// A channel that takes other answers than files, too.
package protocol NameChannel: AnswerChannel {
    /// - Throws: `EFAULT` if the bytes have no place there: then nothing has been answered yet.
    func answer(_ answer: NameAnswer) throws(Errno)
}

/// What is not an open: no file is handed over. What changes something is recorded before it is done; what only looks,
/// if it is refused.
extension AnswerSequence {
    mutating func answer<Hands: Opener & ~Copyable>(
        _ job: OpenJob, to channel: some NameChannel, with opener: inout Hands
    ) -> Ending {
        defer { opener.drop() }
        do throws(Refusal) {
            let answer: NameAnswer
            switch try opener.examine(job) {
            case .answered(let found): answer = found
            case .changeable(let rule):
                try recordChange(job, rule, opener)
                // Nothing is destroyed for a request whose answer nobody waits for any more.
                guard ticket.isOwed else { return .tooLate }
                try requireClient()
                try opener.change(job)
                answer = .done
            }
            return try deliver(answer, to: channel)
        } catch {
            if error.isMayHang { return .mayHang }
            guard ticket.claim() else { return .tooLate }
            if error.saysWhatIsThere { return Self.tell(error.errno, channel) }
            return refuse(error, job, opener.names)
        }
    }

    /// The same for work that no policy of names decides.
    mutating func answer(
        _ job: OpenJob, to channel: some NameChannel, by work: () throws(Refusal) -> NameAnswer
    ) -> Ending {
        do throws(Refusal) {
            return try deliver(try work(), to: channel)
        } catch {
            guard ticket.claim() else { return .tooLate }
            if error.saysWhatIsThere { return Self.tell(error.errno, channel) }
            return refuse(error, job, DecidedNames())
        }
    }

    private static func tell(_ errno: Errno, _ channel: some NameChannel) -> Ending {
        (try? channel.refuse(errno)) == nil ? .connectionLost : .answered
    }

    private func recordChange(_ job: OpenJob, _ rule: Rule.ID, _ opener: borrowing some Opener & ~Copyable)
        throws(Refusal)
    {
        let real = opener.realName
        try Self.audited { () throws(Errno) in try records.changing(job, rule, real: real.span) }
    }

    private func deliver(_ answer: NameAnswer, to channel: some NameChannel) throws(Refusal) -> Ending {
        guard ticket.claim() else { return .tooLate }
        do { try channel.answer(answer) } catch {
            // The thread that asked has gone, or gave an address that is none of its own.
            guard (try? channel.refuse(error)) != nil else { return .connectionLost }
        }
        return .answered
    }
}
