import HookLinux
import SystemPackage
import TestSupport

/// The installed server, as a system runs it: in its own domain, with labelled directories.
enum GuestServer {
    /// - Parameter change: to how it is started, beside what makes any local user able to connect.
    static func start(
        _ policy: String, _ change: (inout TestServer.Settings) -> Void = { _ in }
    ) throws -> TestServer {
        // What is made in /run/openhook has the label that it has where it is installed: see openhook_guest.te.
        try TestServer(policy, in: ScratchDirectory(in: "/run/openhook")) { settings in
            settings.arguments = ["--mode", "666"]
            change(&settings)
        }
    }
}

extension TestServer {
    /// The label of its process.
    var label: String {
        get throws {
            let bytes = try SmallFile.read(SystemPath(text: "/proc/\(pid)/attr/current"), limit: 4096)
            return String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
        }
    }
}
