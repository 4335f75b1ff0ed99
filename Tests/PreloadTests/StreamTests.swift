import Testing

/// fopen and freopen, which call the C library's own open.
struct StreamTests {
    /// File, mode, and what the C library itself does with the two.
    static let modes = [
        "a r", "a r+e", "a rbm", "b a", "b a+", "new w", "new wx", "other wbx+e", "a w+c", "b r,ccs=UTF-8",
        "b r+e,ccs=UTF-8", "a q", "missing r", "a rq",
    ]

    @Test(arguments: modes)
    func `a mode means what it means to the C library`(row: String) throws {
        let words = row.split(separator: " ").map(String.init)
        let hooked = try Stage()
        let plain = try Stage()
        let through = try hooked.probe("streams", words[0], words[1])
        let direct = try Workbench.run(
            [Workbench.probe.get(), "streams", plain.root, words[0], words[1]], in: Workbench.package)
        #expect(through == direct)
        #expect(try hooked.requests().isEmpty == (words[1] == "q"))
    }

    @Test(arguments: Stage.Channel.allCases)
    func `freopen keeps the stream's number, flushes first, and closes the stream when it fails`(
        channel: Stage.Channel
    ) throws {
        let run = try Stage().probe("reopen", over: channel)
        let socket = channel.isInherited ? 0 : 1
        #expect(
            run.lines == [
                "same number yes", "first second", "outside empty", "missing ENOENT", "descriptors +\(socket)",
            ])
    }
}
