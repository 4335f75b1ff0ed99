package import HookLinux
package import SystemPackage

/// `symlinks follow`: an exact name whose way may lead over links, out of its root too, as long as nobody but root
/// could have made that way: every directory belongs to root, and no one else can write it.
package enum TrustedWay {
    private static let mostLinks = 40

    /// Walks from `/`, one component at a time.
    ///
    /// - Throws: `EACCES` for a directory that someone else could change, `ELOOP` for too many links, or for a last
    ///   component that is a link if that is refused; errnos of `openat2(2)`.
    package static func follow(_ name: SystemPath, refusingLastLink: Bool) throws(Errno) -> OwnedDescriptor {
        let end = try walk(components(of: name.bytes), refusingLastLink: refusingLastLink)
        return try end.entry.descriptor.duplicate()
    }

    /// The directory that holds the last component.
    static func directory(above name: SystemPath) throws(Errno) -> OwnedDescriptor {
        let end = try walk(Array(components(of: name.bytes).dropFirst()), refusingLastLink: false)
        guard end.kind == .directory else { throw .notDirectory }
        return try end.entry.descriptor.duplicate()
    }

    private static func walk(_ reversed: [[UInt8]], refusingLastLink: Bool) throws(Errno) -> Step {
        var rest = reversed
        var links = 0
        var way = [try Step(root: ())]
        while let component = rest.popLast() {
            if component == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                if way.count > 1 { way.removeLast() }
                continue
            }
            let step = try Step(component, in: way[way.count - 1])
            switch step.kind {
            case .symbolicLink:
                links += 1
                if links > mostLinks || refusingLastLink && rest.isEmpty { throw .tooManySymbolicLinkLevels }
                let target = try linkTarget(step.entry.descriptor)
                if target.first == UInt8(ascii: "/") { way.removeLast(way.count - 1) }
                rest += components(of: target)
            case .directory:
                try step.requireTrust()
                way.append(step)
            default:
                guard rest.isEmpty else { throw .notDirectory }
                return step
            }
        }
        return way[way.count - 1]
    }

    /// In reverse: the next one is the last.
    private static func components(of path: [UInt8]) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [UInt8(ascii: ".")] }.reversed()
    }

    private final class Step {
        let entry: RootDirectory
        var kind: FileKind { entry.status.kind }

        init(root: Void) throws(Errno) {
            entry = try RootDirectory(ambientPath: SystemPath("/"))
            try requireTrust()
        }

        init(_ component: [UInt8], in parent: Step) throws(Errno) {
            entry = try RootDirectory(entry: try SystemPath(component), of: parent.entry)
        }

        func requireTrust() throws(Errno) {
            guard entry.status.owner == 0, !entry.status.isWritableByOthers else { throw .permissionDenied }
        }
    }
}
