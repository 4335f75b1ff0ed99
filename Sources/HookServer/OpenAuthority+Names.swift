internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// What is not an open, and its answer: the same stages, but no reopening.
extension OpenAuthority {
    /// What the stages before the audit record found.
    ///
    /// - Throws: `Refusal`; `Refusal.mayHang` if it must be decided elsewhere.
    mutating func examine(_ job: OpenJob) throws(Refusal) -> NameDecision {
        decidingRule = nil
        realName.removeAll()
        name.removeAll()
        try takeName(job)
        switch job.operation {
        case .open: throw Refusal(.invalidArgument, at: .flags, .neverDone)
        case .status(let form, let link):
            let sight = try look(link, .readOnly, or: .writeOnly, job)
            return .answered(.bytes(try status(of: sight.object, form)))
        case .access(let bits, let link): return .answered(try mayAccess(bits, link, job))
        case .readLink: return .answered(.bytes(try readLink(job)))
        case .unlink: return .changeable(try prepareUnlink(job))
        case .rename(let target, let flags): return .changeable(try prepareRename(to: target, flags, job))
        case .makeDirectory: throw try refusalOfDirectory(job)
        case .never: throw Refusal(.notPermitted, at: .policy, .neverDone)
        }
    }

    private func status(
        of object: borrowing OwnedDescriptor, _ form: NameOperation.StatusForm
    ) throws(Refusal) -> [UInt8] {
        do throws(Errno) {
            switch form {
            case .stat: return try StatusBytes.stat(of: object)
            case .statx(let flags, let mask): return try StatusBytes.statx(of: object, flags: flags, mask: mask)
            }
        } catch {
            throw Refusal(error, at: .object, .kernel)
        }
    }

    private enum AccessBit {
        static let execute: UInt32 = 1
        static let write: UInt32 = 2
        static let read: UInt32 = 4
    }

    private mutating func mayAccess(
        _ bits: UInt32, _ link: NameOperation.LinkAtEnd, _ job: OpenJob
    ) throws(Refusal) -> NameAnswer {
        guard bits & ~7 == 0 else { throw Refusal(.invalidArgument, at: .flags, .unknownFlags(bits & ~7)) }
        let kind: FileKind
        if bits & AccessBit.write != 0 {
            let access: Access = bits & AccessBit.read != 0 ? .readWrite : .writeOnly
            kind = try look(link, access, job).status.kind
        } else {
            // Only to be there is asked: any grant will do.
            let second: Access? = bits & AccessBit.read != 0 ? nil : .writeOnly
            kind = try look(link, .readOnly, or: second, job).status.kind
        }
        guard bits & AccessBit.execute == 0 || kind == .directory else {
            throw Refusal(.permissionDenied, at: .object, .notExecutable)
        }
        return .done
    }

    private mutating func readLink(_ job: OpenJob) throws(Refusal) -> [UInt8] {
        let sight = try look(.itself, .readOnly, or: .writeOnly, job)
        guard sight.status.kind == .symbolicLink else { throw Refusal(.invalidArgument, at: .object, .noLink) }
        do { return try linkTarget(sight.object) } catch { throw Refusal(error, at: .object, .kernel) }
    }

    private mutating func refusalOfDirectory(_ job: OpenJob) throws(Refusal) -> Refusal {
        do throws(Refusal) {
            _ = try look(.itself, .readOnly, or: .writeOnly, job)
            return Refusal(.fileExists, at: .policy, .makesNoDirectories)
        } catch {
            if error.isMayHang { throw error }
            return Refusal(.permissionDenied, at: .policy, .makesNoDirectories)
        }
    }
}

/// What a name operation comes to before it is recorded.
enum NameDecision: ~Copyable {
    case answered(NameAnswer)
    case changeable(PreparedChange)
}
