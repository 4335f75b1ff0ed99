import ArgumentParser
import HookAuthoring
import HookLinux
import HookPolicy
import SystemPackage

/// `openhook generate`: a policy from what a VM says that it uses.
struct GenerateCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write a policy for a VM: from libvirt, a command line or the running VM.",
        usage: "openhook generate [<options>] --libvirt <file>",
        discussion: """
            Each file that the VM names gets a rule of its own, for what it is used for. Backing files are found by \
            reading the images' headers, whose makers chose what stands there: so they are granted only inside the \
            directories given with --within, and to be read alone. What is not granted is said in comments at the end, with the reason. \
            Several sources can be given for one VM.

            Examples:
              virsh dumpxml web01 | openhook generate --libvirt - \\
                --within /var/lib/libvirt/images -o web01.policy
              openhook generate --pid 4711 --within /srv/images \\
                --snapshots '/srv/images:${vm}.snap-*' -o web01.policy

            Exit status:
              0  the policy is made, and grants all that the VM names
              1  the policy is made; some names got no rule: its comments say why
              2  no policy: what was read is not what it should be, or wrong usage
              3  no policy: no such process, no monitor, or a file that cannot be read or
                 written
            """)

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("Grant backing files that lie in this directory. Repeatable.", valueName: "dir"))
    var within: [CleanName] = []

    @Option(
        help: ArgumentHelp(
            "Let images keep their data in this file, which an image's header names. Repeatable.", valueName: "file"))
    var dataFile: [CleanName] = []

    @Option(
        help: ArgumentHelp(
            "Let QEMU make files that match the pattern (default: ${vm}.*) there. Repeatable.",
            valueName: "dir[:pattern]"))
    var snapshots: [SnapshotOption] = []

    @Option(help: ArgumentHelp("The VM's name in the policy. (default: the VM's own)", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The user that QEMU runs as. (default: as the source says)", valueName: "user"))
    var user: String?

    @Option(name: [.short, .long], help: ArgumentHelp("Write the policy there.", valueName: "file"))
    var output: FileName?

    @Flag(help: "Replace the file if it is there; the old one is kept as FILE.orig.")
    var force = false

    @OptionGroup var formOption: FormOption

    var form: AnswerForm { formOption.form }

    func run() throws {
        let policy = try generate(from: try source.inventory())
        if let output { try write(policy.text, to: output) }
        let report = GenerateReport(policy: policy, file: output?.bytes)
        switch form {
        case .json: try stream.write(report.json)
        case .text:
            if output == nil { try stream.write(bytes: policy.text) }
            StandardError.write(report.summary(on: .standard))
        }
        try end(policy.refusals.isEmpty ? .good : .refused)
    }

    private func generate(from inventory: Inventory) throws -> GeneratedPolicy {
        var options = GenerateOptions()
        options.name = name.map { Array($0.utf8) }
        options.user = user.map { Array($0.utf8) }
        options.within = within.map(\.path)
        options.dataFiles = dataFile.map(\.path)
        options.snapshots = snapshots.map(\.rule)
        options.directory = source.directory?.path
        do throws(GenerateFailure) {
            return try PolicyGenerator(inventory, options, host: source.host).generate()
        } catch {
            switch error {
            case .noName:
                throw Failure(.usage, "\(inventory.source) does not name the VM: --name NAME does")
            case .noAccount(let name):
                throw Failure(.usage, "--user: `\(escaped(name))` is no name and no number of a user")
            case .notClean(let diagnostics, let sources):
                let texts = diagnostics.map { $0.render(in: sources) }.joined(separator: "\n")
                throw Failure(.usage, "the options do not go together: this policy would not be clean\n\(texts)")
            }
        }
    }

    /// Whole or not at all; with --force the old file is kept beside it.
    private func write(_ text: [UInt8], to file: FileName) throws {
        let path = try file.path()
        let old = force ? try? FileStatus.following(path) : nil
        if let old, old.kind != .file { throw Failure(.environment, file, "it is no regular file") }
        do throws(Errno) {
            if let old {
                _ = try ReplacedFile.replace(file.realPath(), old, with: text)
            } else {
                try ReplacedFile.make(path, mode: 0o644, with: text)
            }
        } catch .fileExists {
            throw Failure(
                .environment, file,
                force ? "it is a symbolic link that leads nowhere" : "it is there already: --force replaces it")
        } catch {
            throw Failure(.environment, file, error.described)
        }
    }
}

/// `DIR` or `DIR:PATTERN`.
struct SnapshotOption: ExpressibleByArgument {
    let rule: SnapshotRule

    init?(argument: String) {
        guard let name = FileName(argument: argument), let rule = SnapshotRule(option: name.bytes) else { return nil }
        self.rule = rule
    }
}
