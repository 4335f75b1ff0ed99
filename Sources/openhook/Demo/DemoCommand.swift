import ArgumentParser
import HookLinux

/// `openhook demo`: the whole product on this machine, in some seconds.
struct DemoCommand: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show on this machine what openhook does: no root, no SELinux, no set-up.",
        discussion: """
            Makes a scratch folder with disk images and a policy, starts the real openhookd on it, asks for files \
            that the policy grants and refuses, and shows each answer with the rule and the record. Where QEMU and \
            the preload library are installed, it then boots an unmodified QEMU that cannot open its own disk: as \
            root it runs as nobody, else behind Landlock. The folder is removed at the end.

            Examples:
              openhook demo
              openhook demo --keep --json

            Exit status:
              0  everything answered as expected
              1  something did not: it is said what
              2  wrong usage
              3  the demo cannot run: no openhookd, no room for a folder
            """)

    @Option(
        help: ArgumentHelp(
            "The openhookd to start. (default: beside this program, in PATH, or installed)", valueName: "path"))
    var server: FileName?

    @Option(
        help: ArgumentHelp(
            "The preload library. (default: beside this program, installed, or made by `swift package build-preload`)",
            valueName: "path"))
    var preload: FileName?

    @Flag(help: "Leave the scratch folder there.")
    var keep = false

    @OptionGroup var formOption: FormOption

    var form: AnswerForm { formOption.form }

    func run() throws {
        // Interrupting ends what was started, and then this program in its own time: the folder is removed.
        let signals = try SignalDescriptor([.interrupt, .terminate])
        defer { extendLifetime(signals) }
        let wall = Wall.ofThisProcess()
        let demo = Demo(
            server: try serverProgram(), guest: try guestPlan(wall), wall: wall, fate: keep ? .kept : .removed,
            tell: { StandardError.write("demo: \($0)\n") })
        let report = try demo.run()
        try say("\n" + report.text(on: .standard), json: report.json)
        try end(report.differences.isEmpty ? .good : .refused)
    }

    private func serverProgram() throws -> SystemPath {
        if let server { return try server.path() }
        guard let found = Launching.server() else {
            throw Failure(.environment, "there is no openhookd beside this program: name one with --server PATH")
        }
        return found
    }

    private func guestPlan(_ wall: Wall) throws -> Demo.GuestPlan {
        if case .none(let why) = wall { return .skip(why: why) }
        guard let qemu = Programs.find("qemu-system-x86_64") else {
            return .skip(why: "there is no qemu-system-x86_64 in PATH: install QEMU to see one boot")
        }
        guard let library = try preload?.path() ?? Launching.preloadLibrary() else {
            return .skip(
                why: "there is no libopenhook-preload.so: build it with `swift package build-preload`, or name it with "
                    + "--preload PATH")
        }
        return .boot(qemu: qemu, preload: library)
    }
}
