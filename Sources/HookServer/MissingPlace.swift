package import HookLinux
internal import HookPolicy
package import SystemPackage

/// What an option names and cannot be had, in words: which file it is, and what to do where that is known.
package enum MissingPlace {
    /// ``the audit file /var/log/x/a cannot be opened: ENOENT (…): its directory is missing (mkdir -p /var/log/x)``
    ///
    /// - Parameter sentence: with the name in it.
    package static func text(_ sentence: String, _ path: SystemPath, _ errno: Errno) -> String {
        let words = "\(sentence): \(errno.described)"
        guard errno == .noSuchFileOrDirectory, let directory = missingDirectory(of: path) else { return words }
        return "\(words): its directory is missing (mkdir -p \(escaped(directory.bytes)))"
    }

    /// The directory that a file would be in, if there is none of that name.
    package static func missingDirectory(of path: SystemPath) -> SystemPath? {
        guard path.lastComponentStart > 1 else { return nil }
        var directory = path
        directory.truncate(to: path.lastComponentStart - 1)
        do {
            _ = try FileStatus.following(directory)
            return nil
        } catch {
            return error == .noSuchFileOrDirectory ? directory : nil
        }
    }

    package static func auditFile(_ path: SystemPath) -> String {
        "the audit file \(escaped(path.bytes)) cannot be opened"
    }

    package static func socket(_ option: String, _ path: SystemPath) -> String {
        "\(option) \(escaped(path.bytes))"
    }
}
