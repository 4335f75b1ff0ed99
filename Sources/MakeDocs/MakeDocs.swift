import Foundation
import PackagePlugin

/// `swift package make-docs`: manual pages and shell completions, laid out as they are installed beneath a prefix.
///
/// Everything in them comes from the programs themselves: from the argument parser's tables, and from what
/// `openhookd --help` prints.
@main
struct MakeDocs: CommandPlugin {
    private static let help = """
        OVERVIEW: Makes the manual pages and shell completions of openhook and openhookd.

        USAGE: swift package make-docs

        The last line printed is the directory `share`, to be copied beneath a prefix:

          cp -r .build/plugins/MakeDocs/outputs/share /usr/local/
        """

    func performCommand(context: PluginContext, arguments: [String]) async throws {
        guard arguments.isEmpty else {
            print(Self.help)
            return
        }
        let openhook = try build("openhook")
        let openhookd = try build("openhookd")
        let pages = try build("openhook-pages")
        let share = context.pluginWorkDirectoryURL.appending(components: "share", directoryHint: .isDirectory)
        let commands = try openhook.output("--experimental-dump-help")
        try write(pages.output("openhook", input: commands), to: share, "man", "man1", "openhook.1")
        try write(pages.output("openhookd", input: openhookd.output("--help")), to: share, "man", "man8", "openhookd.8")
        for (shell, path) in [
            ("bash", ["bash-completion", "completions", "openhook"]), ("zsh", ["zsh", "site-functions", "_openhook"]),
            ("fish", ["fish", "vendor_completions.d", "openhook.fish"]),
        ] {
            let script = try openhook.output("--generate-completion-script", shell)
            try write(script, to: share.appending(path: path.joined(separator: "/")))
        }
        print(share.path)
    }

    private func build(_ product: String) throws -> Tool {
        let result = try packageManager.build(.product(product), parameters: .init(configuration: .inherit))
        guard result.succeeded,
            let program = result.builtArtifacts.first(where: {
                $0.kind == .executable && $0.url.lastPathComponent == product
            })
        else { throw Failure.notBuilt(product, result.logText) }
        return Tool(program: program.url)
    }

    private func write(_ text: Data, to share: URL, _ path: String...) throws {
        try write(text, to: share.appending(path: path.joined(separator: "/")))
    }

    private func write(_ text: Data, to file: URL) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file)
    }
}

/// Why there are no pages.
enum Failure: Error, CustomStringConvertible {
    case notBuilt(String, String)
    case failed(String, Int32)

    var description: String {
        switch self {
        case .notBuilt(let product, let log): "\(product) was not built:\n\(log)"
        case .failed(let program, let status): "\(program) ended with status \(status)"
        }
    }
}
