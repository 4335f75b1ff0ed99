internal import HookLinux
internal import HookPolicy
internal import HookQEMU
internal import SystemPackage

/// Reads what a running QEMU was started with, and what it has open.
package enum ProcessReader {
    package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case noProcess(Int32)
        case unreadable(Int32, String)
        case commandLine(Int32, CommandLineWords.Failure)
        /// Another program, by its name.
        case noQEMU(Int32, [UInt8])

        package var description: String {
            switch self {
            case .noProcess(let pid): "there is no process \(pid)"
            case .unreadable(let pid, let reason): "process \(pid) cannot be read: \(reason)"
            case .commandLine(let pid, let failure): "the command line of process \(pid): \(failure)"
            case .noQEMU(let pid, let name): "process \(pid) (\(escaped(name))) is no QEMU"
            }
        }
    }

    /// From `/proc/PID`: the command line, the working directory, the user and the label.
    package static func read(pid: Int32, host: any HostView) throws(Failure) -> Inventory {
        let text: [UInt8]
        do throws(Errno) { text = try read(pid, "cmdline", limit: CommandLineWords.longest + 1) } catch {
            if error == .noSuchFileOrDirectory || error == .noSuchProcess { throw .noProcess(pid) }
            throw .unreadable(pid, error.described)
        }
        let words: [[UInt8]]
        do throws(CommandLineWords.Failure) { words = try CommandLineWords.words(of: text) } catch {
            throw error == .empty ? .noQEMU(pid, name(of: pid)) : .commandLine(pid, error)
        }
        guard QEMUProgram.isCalled(by: words.map { String(decoding: $0, as: UTF8.self) }) else {
            throw .noQEMU(pid, name(of: pid))
        }
        let directory = (try? NamedObject.linkText(at: path(pid, "cwd"))).flatMap { AbsolutePath($0) }
        var inventory = CommandLineReader.read(words: words, directory: directory, host: host)
        inventory.source = "process \(pid), " + inventory.source
        inventory.identity.user = user(of: pid)
        inventory.identity.selinux = label(of: pid)
        return inventory
    }

    private static func path(_ pid: Int32, _ entry: String) -> SystemPath { SystemPath(text: "/proc/\(pid)/\(entry)") }

    private static func read(_ pid: Int32, _ entry: String, limit: Int) throws(Errno) -> [UInt8] {
        try SmallFile.read(path(pid, entry), limit: limit)
    }

    /// As the kernel has it, at most 15 bytes.
    private static func name(of pid: Int32) -> [UInt8] {
        let line = (try? read(pid, "comm", limit: 64)) ?? []
        return Array(line.prefix { $0 != UInt8(ascii: "\n") })
    }

    /// The effective user: the second number of `Uid:` in `status` (proc(5)).
    private static func user(of pid: Int32) -> [UInt8]? {
        guard let status = try? read(pid, "status", limit: 1 << 20) else { return nil }
        let line = status.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: Array("Uid:".utf8)) }
        let fields = line?.split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") } ?? []
        return fields.count > 2 ? Array(fields[2]) : nil
    }

    /// A label with categories is one of a start: the next start has other ones.
    private static func label(of pid: Int32) -> SELinuxIdentity {
        guard var context = try? read(pid, "attr/current", limit: 8192) else { return .unknown }
        while let last = context.last, last == 0 || last == UInt8(ascii: "\n") { context.removeLast() }
        // Another security module's label is no context.
        guard LabelFields(context) != nil else { return .unknown }
        return .dynamic(process: context, image: nil)
    }

    // MARK: What is open

    /// The files and devices that a process has open now, by the kernel's names for them, and how.
    package static func openFiles(of pid: Int32) throws(Failure) -> [FileUse] {
        do throws(Errno) {
            let directory = try NamedObject.open(path(pid, "fd"))
            var numbers: [Int32] = []
            try DirectoryListing.forEachName(in: directory) { name in
                var text: [UInt8] = []
                for index in name.indices { text.append(name[index]) }
                // The standard three are those of whoever started QEMU.
                if let number = Int32(String(decoding: text, as: UTF8.self)), number > 2 { numbers.append(number) }
            }
            return numbers.sorted().compactMap { openFile($0, of: pid) }
        } catch {
            throw error == .noSuchFileOrDirectory ? .noProcess(pid) : .unreadable(pid, error.described)
        }
    }

    /// Nil for what has no name, or is no file and no device that rules are about.
    private static func openFile(_ number: Int32, of pid: Int32) -> FileUse? {
        guard let name = try? NamedObject.linkText(at: path(pid, "fd/\(number)")), name.first == slash,
            !name.ends(with: Array(" (deleted)".utf8)),
            let status = try? FileStatus.following(path(pid, "fd/\(number)")),
            let access = access(number, of: pid)
        else { return nil }
        let form: FileUse.Form
        switch status.kind {
        case .file: form = .file
        case .blockDevice: form = .block
        case .characterDevice: form = .char
        default: return nil
        }
        return FileUse(name, access, form == .char ? .devices : .disks, "open descriptor \(number)", form: form)
    }

    /// The access mode in `flags:` of `fdinfo`, an octal number (proc(5)).
    private static func access(_ number: Int32, of pid: Int32) -> Access? {
        guard let text = try? read(pid, "fdinfo/\(number)", limit: 1 << 16) else { return nil }
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: Array("flags:".utf8)) }
        guard let digits = line?.split(separator: UInt8(ascii: "\t")).last,
            let flags = Int32(String(decoding: digits, as: UTF8.self), radix: 8)
        else { return nil }
        switch flags & OpenFlag.accessMode {
        case OpenFlag.readOnly: return .readOnly
        case OpenFlag.writeOnly: return .writeOnly
        case OpenFlag.readWrite: return .readWrite
        default: return nil
        }
    }
}

extension [UInt8] {
    func ends(with end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}
