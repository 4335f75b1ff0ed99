import ArgumentParser
struct LearnCommand: ParsableCommand {
    func run() throws {}
}
