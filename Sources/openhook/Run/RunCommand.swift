import ArgumentParser
import HookLaunch
import HookLinux

/// `openhook run`: an unmodified QEMU that opens what the policy grants, and nothing else of what it manages.
struct RunCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start a QEMU whose files are opened by a broker.",
        usage: "openhook run --policy <policy> [<options>] -- <qemu> [<argument> …]",
        discussion: """
            This process becomes QEMU, so its pid and exit status are QEMU's. Before that a broker is started, or with \
            --attach one that runs is asked; QEMU's user is taken on, every capability given up, and Landlock lets \
            QEMU reach by itself what it needs to run and what `own` statements of the policy say, no more. If \
            anything of that cannot be done, QEMU is not started.

            Called openhook-qemu-system-x86_64, by a link, or a copy where SELinux enforces, it takes QEMU's own \
            arguments, and attaches to the broker of the VM that -name guest=… says: that is for libvirt's <emulator>.

            Examples:
              openhook run --policy /etc/openhook/web01.policy --user qemu-web01 \\
                --audit /var/log/openhook/web01.jsonl -- \\
                qemu-system-x86_64 -m 1G \\
                -drive file=/srv/images/web01.qcow2,if=virtio
              openhook run --attach web01 -- qemu-system-x86_64 -name guest=web01

            Ways to the broker (--via):
              notify   QEMU's system calls are answered: any QEMU, nothing gets
                       around it (Linux 5.19)
              preload  libopenhook-preload.so asks in its place: any dynamically
                       linked QEMU
              native   QEMU asks by itself: one with the option -open-hook-fd
              auto     notify where the kernel has it, else preload

            Exit status:
              QEMU's own, once it is started; before that
              2  wrong usage, or a policy with errors
              3  the system lacks something: a kernel new enough, root's rights, a
                 directory, a broker
            """)

    @Option(help: ArgumentHelp("What may be opened. Not with --attach: that broker has its own.", valueName: "policy"))
    var policy: FileName?

    @Option(help: ArgumentHelp("How QEMU comes to the broker.", valueName: "auto|notify|preload|native"))
    var via: LaunchRequest.Via = .auto

    @Option(
        help: ArgumentHelp(
            "Who QEMU runs as, with this user's groups. Needed if root starts it.", valueName: "user[:group]"),
        transform: UserName.init)
    var user: UserName?

    @Flag(help: "Let QEMU run as root. Nothing is a boundary then.")
    var allowRoot = false

    @Flag(help: "Do without Landlock: file modes alone decide what QEMU may open by itself.")
    var noWall = false

    @Flag(help: "With notify: QEMU opens nothing by itself, not even its own libraries. The policy must name them.")
    var strict = false

    @Option(help: ArgumentHelp("Append the audit records there. (default: standard error)", valueName: "file"))
    var audit: FileName?

    @Option(help: ArgumentHelp("Let other programs ask this broker here, too.", valueName: "path"))
    var socket: FileName?

    @Option(
        help: ArgumentHelp("How long an open may take before the answer is ETIMEDOUT. (default: 5)", valueName: "s"))
    var openTimeout: Int?

    @Option(
        help: ArgumentHelp(
            "Use a broker that runs: its socket for launchers, or the name of its VM (/run/openhook/VM/launch).",
            valueName: "path|vm"))
    var attach: String?

    @Flag(help: "Give QEMU the label of the policy's `peer label` statement.")
    var transition = false

    @Option(
        help: ArgumentHelp(
            "The openhookd to start. (default: beside this program, in PATH, or installed)", valueName: "path"))
    var server: FileName?

    @Option(help: ArgumentHelp("The preload library. (default: beside this program, or installed)", valueName: "path"))
    var preload: FileName?

    @OptionGroup var ownership: OwnershipOption

    @Flag(help: "Print what would be done, and do none of it.")
    var dryRun = false

    @Flag(help: "With --dry-run: print JSON.")
    var json = false

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("QEMU and its arguments, behind `--`.", valueName: "qemu arguments"))
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("behind `--` there must be a QEMU and its arguments") }
        if attach == nil, policy == nil { throw ValidationError("--policy, or --attach, is needed") }
        if attach != nil {
            let ofBroker: [(String, Bool)] = [
                ("--policy", policy != nil), ("--audit", audit != nil), ("--socket", socket != nil),
                ("--open-timeout", openTimeout != nil), ("--server", server != nil),
                ("--allow-writable-policy", ownership.allowWritablePolicy),
            ]
            if let stray = ofBroker.first(where: \.1) {
                throw ValidationError("\(stray.0) is the running broker's own matter: it does not go with --attach")
            }
        }
        if json, !dryRun { throw ValidationError("--json goes with --dry-run") }
        if let openTimeout, !(1...3600).contains(openTimeout) {
            throw ValidationError("--open-timeout needs a number of seconds from 1 to 3600")
        }
    }

    var form: AnswerForm { json ? .json : .text }

    func run() throws {
        let request = try request()
        guard dryRun else {
            return try Launching.run(request)
        }
        let report = try LaunchReport(Launching.rehearse(request))
        try say(report.text(on: .standard), json: report.json)
    }
}

extension LaunchRequest.Via: ExpressibleByArgument {}

/// A user, and perhaps a group, as numbers.
struct UserName {
    let identity: UserIdentity

    init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { Array($0.utf8) }
        let user: UserIdentity
        do { user = try UserDatabase.user(parts[0]) } catch { throw ValidationError("unknown user \(text)") }
        guard parts.count == 2 else {
            identity = user
            return
        }
        let group: UInt32
        do { group = try UserDatabase.group(parts[1]) } catch { throw ValidationError("unknown group in \(text)") }
        identity = UserIdentity(uid: user.uid, gid: group, groups: user.groups)
    }
}
