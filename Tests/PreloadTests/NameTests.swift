import Testing

/// Which names go to the server, and what the server then sees.
struct NameTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let name: String
        let sent: String?

        init(_ description: String, _ name: String, sent: String?) {
            testDescription = description
            self.name = name
            self.sent = sent
        }
    }

    /// The root is `ROOT`, the working directory is in it, and OPENHOOK_PATHS names it.
    static let rows = [
        Row("beneath the prefix", "ROOT/a", sent: "ROOT/a"),
        Row("the prefix itself", "ROOT", sent: "ROOT"),
        Row("the prefix with a slash", "ROOT/", sent: "ROOT/"),
        Row("a sibling with the same beginning", "ROOT2/a", sent: nil),
        Row("relative", "a", sent: "ROOT/a"),
        Row("relative with a dot", "./a", sent: "ROOT/./a"),
        Row("out by dots and back", "../images/a", sent: "ROOT/../images/a"),
        Row("out by dots", "../a", sent: nil),
        Row("absolute, out by dots", "ROOT/../other", sent: nil),
        Row("in by dots", "/tmp/..ROOT/a", sent: "/tmp/..ROOT/a"),
        Row("doubled slashes", "/ROOT//a", sent: "/ROOT//a"),
        Row("more dots than directories", "/../../../../..ROOT/a", sent: "/../../../../..ROOT/a"),
        Row("of the system", "/etc/hostname", sent: nil),
        Row("empty", "", sent: nil),
    ]

    @Test(arguments: rows)
    func `a name goes to the server if its cleaned form lies beneath the prefix`(row: Row) throws {
        let stage = try Stage()
        _ = try stage.probe("names", row.name.replacing("ROOT", with: stage.root))
        #expect(try stage.requests() == (row.sent.map { ["flags=0 mode=0 name=\($0)"] } ?? []))
    }

    @Test(arguments: ["ROOT", "/nowhere:ROOT", ":ROOT/:", "ROOT/../images", "images", "/"])
    func `OPENHOOK_PATHS is a list of directories`(paths: String) throws {
        let stage = try Stage()
        let run = try stage.run(["cat", "\(stage.root)/a"], paths: paths.replacing("ROOT", with: stage.root))
        #expect(run.output == "hello\n")
        #expect(try stage.requests().contains("flags=0 mode=0 name=ROOT/a"))
    }

    @Test(arguments: ["/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/run"])
    func `without OPENHOOK_PATHS names of the system are outside`(directory: String) throws {
        let stage = try Stage()
        _ = try stage.run(["cat", "\(directory)/missing", "\(directory)2/missing"], paths: "")
        #expect(try stage.requests() == ["flags=0 mode=0 name=\(directory)2/missing"])
    }

    @Test func `a name outside is opened as ever`() throws {
        let stage = try Stage()
        let run = try stage.run(["cat", "\(stage.root)/a"], paths: "/nowhere")
        #expect(run == Workbench.Run(status: 0, output: "hello\n", errors: ""))
        #expect(try stage.requests() == [])
    }

    @Test func `a relative name that is too long with its directory is refused`() throws {
        let stage = try Stage()
        let name = String(repeating: "x/", count: 2045)
        #expect(try stage.probe("names", name).output == "\(name) errno ENAMETOOLONG\n")
        #expect(try stage.requests() == [])
    }

    @Test func `directories are opened with the program's own rights`() throws {
        let stage = try Stage()
        let run = try stage.run(["ls", stage.root])
        #expect(run.output == "a\nb\n")
        #expect(try stage.requests() == [])
    }
}
