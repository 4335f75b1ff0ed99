import PackagePlugin

@main
struct BuildPreload: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {}
}
