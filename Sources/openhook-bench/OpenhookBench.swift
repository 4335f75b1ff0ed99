import ArgumentParser
import CYardstick
import HookAudit
import HookLinux
import SystemPackage

/// `openhook-bench`: what a request costs, what a server holds, how soon it serves.
@main
struct OpenhookBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openhook-bench",
        abstract: "Compare openhookd with a bare C server that opens and sends and does nothing else.",
        discussion: """
            Both servers and the client share one cpu, and are asked in turn: A B A B. Ratios hold from machine to \
            machine, microseconds do not.

            With --calibrate the bare server stands beside itself, which shows what noise makes of 1.00.

            With --endurance a server is asked many times, and what it holds is compared with what it held after the \
            first thousand; `openhookd-counted`, which the package builds too, also says how often it allocates.

            With --boot, as root and with QEMU, a VM boots alone and under `openhook run --via notify` in turn: from a \
            sector that ends it at once, or with --kernel a Linux kernel until it panics for want of a root. Debian's \
            lies in /boot, or in a linux-image package.

            Exit status: 0, 1 if something could not be measured, 64 for wrong usage.

            Examples:
              openhook-bench --server .build/release/openhookd
              openhook-bench --server .build/release/openhookd --rules 10 --json
              openhook-bench --server .build/release/openhookd-counted --endurance 1000000
              openhook-bench --boot .build/release/openhook --rounds 21
              openhook-bench --boot .build/release/openhook --rounds 5 --json \\
                --kernel /boot/vmlinuz-6.1.0-41-amd64
            """)

    @Option(help: ArgumentHelp("The openhookd to measure.", valueName: "path"))
    var server: String?

    @Option(
        help: ArgumentHelp("Measure how long a VM boots under this openhook's notify, and without.", valueName: "path"))
    var boot: String?

    @Option(help: ArgumentHelp("With --boot: a Linux kernel to boot.", valueName: "file"))
    var kernel: String?

    @Flag(help: "Measure the bare server in place of openhookd.")
    var calibrate = false

    @Option(
        help: ArgumentHelp(
            "Numbers of policy rules to measure with: 10,1000,100000 by default; with --endurance one, 1000 by default.",
            valueName: "n,n…"))
    var rules: RuleCounts?

    @Option(help: ArgumentHelp("Ask so often, and compare what the server holds before and after.", valueName: "n"))
    var endurance: Int?

    @Option(help: ArgumentHelp("Requests in a round.", valueName: "n"))
    var requests = 10_000

    @Option(help: ArgumentHelp("Rounds of each server.", valueName: "n"))
    var rounds = 7

    @Option(help: ArgumentHelp("Starts of which the median is taken.", valueName: "n"))
    var starts = 21

    @Option(help: ArgumentHelp("The cpu that all of it runs on.", valueName: "n"))
    var cpu: Int32 = 0

    @Option(help: ArgumentHelp("Where images, policies and audit records are put for the time.", valueName: "path"))
    var directory = "/tmp"

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func validate() throws {
        guard [server != nil, calibrate, boot != nil].count(where: \.self) == 1 else {
            throw ValidationError("give one of --server PATH, --boot PATH and --calibrate")
        }
        if kernel != nil, boot == nil { throw ValidationError("--kernel goes with --boot") }
        if let endurance {
            guard server != nil else { throw ValidationError("--endurance goes with --server") }
            guard rules?.values.count ?? 1 == 1 else {
                throw ValidationError("--endurance is measured with one number of rules")
            }
            guard (EnduranceBench.first + 1...1_000_000_000).contains(endurance) else {
                throw ValidationError("--endurance must be \(EnduranceBench.first + 1) to 1000000000")
            }
        }
        guard (1...10_000_000).contains(requests) else { throw ValidationError("--requests must be 1 to 10000000") }
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds must be 1 to 1000") }
        guard (1...1000).contains(starts) else { throw ValidationError("--starts must be 1 to 1000") }
    }

    func run() throws {
        defer { Progress.end() }
        let directory = try Self.realName(of: directory)
        if let boot {
            let guest = kernel.map(BootGuest.kernel) ?? .sector
            let result = try BootBench(launcher: boot, guest: guest, under: directory).run(rounds: rounds)
            return try say(result.table, json: result.json)
        }
        try check(ys_pin(cpu), "run on cpu \(cpu) alone")
        if let server, let endurance {
            let result = try EnduranceBench(
                program: server, place: WorkingDirectory(under: directory), requests: endurance,
                rules: rules?.values.first ?? 1000
            ).run()
            return try say(result.table, json: result.json)
        }
        let bench = try Bench(
            subject: server.map(Subject.program) ?? .bare, place: WorkingDirectory(under: directory),
            effort: Effort(requests: requests, rounds: rounds, starts: starts))
        let report = try bench.run(ruleCounts: rules?.values ?? [10, 1000, 100_000])
        try say(report.table, json: report.json)
    }

    /// The kernel's name of it: absolute and clean, as a policy wants it.
    private static func realName(of directory: String) throws(BenchError) -> String {
        do throws(Errno) {
            let opened = try PathDescriptor.open(SystemPath(text: directory))
            var name = SystemPath()
            try DescriptorDirectory(of: .process).name(of: opened, into: &name)
            return name.text
        } catch {
            throw .system(error, doing: "use the directory '\(directory)'")
        }
    }

    private func say(_ table: @autoclosure () -> String, json object: @autoclosure () -> JSONOutput) throws(BenchError)
    {
        Progress.end()
        do throws(Errno) {
            try StandardOutput.write(bytes: json ? object().line : Array((table() + "\n").utf8))
        } catch {
            throw .system(error, doing: "write to standard output")
        }
    }
}

/// Numbers of rules, as `10,1000`.
struct RuleCounts: ExpressibleByArgument {
    let values: [Int]

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = words.compactMap { Int($0) }.filter { (1...1_000_000).contains($0) }
        guard !numbers.isEmpty, numbers.count == words.count else { return nil }
        values = numbers
    }
}
