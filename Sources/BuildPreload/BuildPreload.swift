import Foundation
import PackagePlugin

/// `swift package build-preload`: compiles `Sources/OpenHookPreload` with clang.
///
/// SwiftPM itself cannot: it links a C target into Swift programs, and makes no shared library of plain C with libc
/// alone beneath it. The compiler's flags stand in `compile_flags.txt` beside the sources, so that a distribution's
/// build can use them without this plugin.
@main
struct BuildPreload: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        guard !arguments.contains("--help"), !arguments.contains("-h") else {
            print(Request.help)
            return
        }
        let request = try Request(arguments)
        let sources = context.package.directoryURL.appending(components: "Sources", "OpenHookPreload")
        let library = try request.outputDirectory(otherwise: context.pluginWorkDirectoryURL)
            .appending(component: "libopenhook-preload.so")
        try Compiler.find(context).link(sourcesIn: sources, into: library, request.configuration)
        print(library.path)
    }
}
