import HookLinux

/// Finds programs, and what belongs to them.
enum Programs {
    /// A program in PATH.
    static func find(_ name: String) -> SystemPath? {
        let path = ThisProcess.environment("PATH") ?? Array("/usr/local/bin:/usr/bin:/bin".utf8)
        for directory in path.split(separator: UInt8(ascii: ":")) where directory.first == UInt8(ascii: "/") {
            guard let candidate = file(name, in: Array(directory)) else { continue }
            return candidate
        }
        return nil
    }

    /// A file beside the program that is running.
    static func beside(_ name: String) -> SystemPath? {
        executableDirectory.flatMap { file(name, in: $0) }
    }

    /// A file that a command of the package made, if the program that is running was built in the package.
    static func inBuildFolder(_ relative: String) -> SystemPath? {
        guard let directory = executableDirectory else { return nil }
        let components = directory.split(separator: UInt8(ascii: "/"))
        guard let build = components.lastIndex(where: { $0.elementsEqual(".build".utf8) }) else { return nil }
        let folder = components[...build].flatMap { [UInt8(ascii: "/")] + $0 }
        return file(relative, in: folder)
    }

    /// A file that was installed together with the program that is running, which then is in `bin`.
    static func installedWithThis(_ relative: String) -> SystemPath? {
        let bin = Array("/bin".utf8)
        guard let directory = executableDirectory, directory.suffix(bin.count) == bin[...] else { return nil }
        return file(relative, in: directory.dropLast(bin.count))
    }

    /// A file of a system that is installed, below /usr/local or /usr.
    static func installed(_ relative: String) -> SystemPath? {
        for directory in ["/usr/local", "/usr"] {
            if let found = file(relative, in: Array(directory.utf8)) { return found }
        }
        return nil
    }

    private static var executableDirectory: [UInt8]? {
        guard let program = try? ThisProcess.executable() else { return nil }
        return Array(program.bytes.prefix(max(1, program.lastComponentStart - 1)))
    }

    private static func file(_ name: String, in directory: [UInt8]) -> SystemPath? {
        guard let path = try? SystemPath(directory + [UInt8(ascii: "/")] + Array(name.utf8)),
            let status = try? FileStatus.following(path), status.kind == .file
        else { return nil }
        return path
    }
}
