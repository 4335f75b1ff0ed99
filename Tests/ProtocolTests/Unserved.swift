import TestSupport

/// A directory with a policy that can be used, and nothing that serves it.
struct Unserved {
    let directory: ScratchDirectory

    init(_ policy: String? = nil, peer: String = "peer any") throws {
        directory = try ScratchDirectory()
        try directory.directory("images")
        try directory.file("images/disk")
        try directory.file("policy", policy ?? Stand.policy(peer: peer, images: directory.path("images")))
    }

    /// Runs a server that is expected to end by itself. `TOP` stands for the directory.
    func run(_ arguments: [String], environment: [String] = []) throws -> Program.Output {
        try TestServer.run(arguments.map { $0.replacing("TOP", with: directory.path) }, environment: environment)
    }
}
