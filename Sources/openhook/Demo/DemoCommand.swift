import ArgumentParser
import HookLinux

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo", abstract: "x")
    func run() throws {}
}
