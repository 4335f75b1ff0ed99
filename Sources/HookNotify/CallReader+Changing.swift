internal import HookAudit
internal import HookLinux
internal import HookPolicy
internal import HookServer
internal import SystemPackage

/// Calls that change what names there are, and those that reach a socket by its name.
extension CallReader {
    func unlink(_ name: [UInt8]) throws(Errno) -> CallDisposition {
        if names.coverage == .strict, !name.isEmpty, own.contain(TargetName.cleaned(name)) {
            return .removal(OwnRemoval(path: name, target: target))
        }
        return try named(name, .unlink)
    }

    func rename(_ from: [UInt8], _ to: [UInt8], flags: UInt32) throws(Errno) -> CallDisposition {
        guard !from.isEmpty, !to.isEmpty else { throw .noSuchFileOrDirectory }
        switch (isManaged(from), isManaged(to)) {
        case (true, true): return .named(NamedRequest(.rename(to: to, flags: flags), name: from), .result)
        case (false, false): return .continueCall
        // As between two file systems: a program that wants to go on copies the file.
        case (true, false), (false, true): return .fail(.improperLink)
        }
    }

    /// What the broker does for nobody.
    func neverDone(_ what: MediatedCall) throws(Errno) -> CallDisposition {
        let operation = what.operation
        for place in what.names {
            let name: [UInt8]
            if call.arguments[place.name] == 0, what == .utimensat {
                name = []
            } else if let directory = place.directory {
                name = try self.name(at: place.name, in: directory)
            } else {
                name = try self.name(at: place.name)
            }
            if what == .linkat || what == .link, place.name == what.names.first?.name {
                // A descriptor, or its entry in /proc: a file that the broker gave must not get another name.
                let cleaned = TargetName.cleaned(name)
                if name.isEmpty || cleaned.starts(with: Array("/proc/".utf8)) { return .fail(.notPermitted) }
            }
            if isManaged(name) { return .named(NamedRequest(.never(operation), name: name), .result) }
            if name.isEmpty, names.coverage == .strict { return .fail(.notPermitted) }
        }
        return .continueCall
    }

    func socket(_ what: MediatedCall) throws(Errno) -> CallDisposition {
        let length = int(2)
        guard length >= 0, length <= SocketCall.longestAddress else { throw .invalidArgument }
        let address = try target.read(Int(length), at: call.arguments[1])
        // A socket is bound in directories that the process may write itself, or not at all: there a changed name gains
        // nothing. A connection reaches what somebody else listens at.
        if what == .bind, names.coverage == .managedNames {
            guard try SocketCall.path(of: address, target).map(isManaged) ?? false else { return .continueCall }
        }
        return .socket(try SocketCall(what == .bind ? .bind : .connect, int(0), address, target))
    }
}
