import Foundation
import Testing

/// The library as a file: what it needs and what it shows.
struct LibraryTests {
    static let interposed = [
        "__open64_2", "__open_2", "__openat64_2", "__openat_2", "creat", "creat64", "fopen", "fopen64", "freopen",
        "freopen64", "open", "open64", "openat", "openat64",
    ]

    @Test(arguments: ["cc", "clang"].filter(Workbench.find))
    func `only the interposed names are exported`(compiler: String) throws {
        let library = try Workbench.compileLibrary(with: compiler)
        let run = try Workbench.run(["nm", "-D", "--defined-only", "--extern-only", library], in: Workbench.package)
        let names = run.lines.compactMap { $0.split(separator: " ").last }.map(String.init)
        #expect(names.sorted() == Self.interposed)
    }

    @Test func `libc is the only dependency`() throws {
        let run = try Workbench.run(["ldd", Workbench.library.get()], in: Workbench.package)
        let names = run.lines.compactMap { line in
            line.split(whereSeparator: \.isWhitespace).first.map { URL(filePath: String($0)).lastPathComponent }
        }
        let others = names.filter { !$0.hasPrefix("linux-vdso") && !$0.hasPrefix("ld-") }
        #expect(others == ["libc.so.6"])
    }

    @Test func `it is linked with full RELRO, and without an executable stack`() throws {
        let run = try Workbench.run(["readelf", "-dlW", Workbench.library.get()], in: Workbench.package)
        #expect(run.output.contains("GNU_RELRO"))
        #expect(run.output.contains("BIND_NOW"))
        #expect(run.lines.contains { $0.contains("GNU_STACK") && $0.contains(" RW ") })
    }

    @Test(arguments: ["LD_PRELOAD", "OPENHOOK_FD", "OPENHOOK_SOCKET", "OPENHOOK_PATHS"])
    func `children and the program itself do not see the variable`(name: String) throws {
        let stage = try Stage()
        for channel in [Stage.Channel.inheritedStream, .listeningStream] {
            for program in [["env"], ["sh", "-c", "env; env"]] {
                let run = try stage.run(program, over: channel)
                #expect(run.status == 0)
                #expect(run.output.contains("PATH="))
                #expect(!run.lines.contains { $0.hasPrefix("\(name)=") })
            }
        }
    }

    @Test func `a child does not inherit the connection`() throws {
        let run = try Stage().run(["sh", "-c", "ls -l /proc/self/fd"])
        #expect(run.status == 0)
        #expect(!run.output.contains("socket:"))
    }

    @Test(arguments: [" ", ":"])
    func `other libraries stay in LD_PRELOAD`(separator: String) throws {
        let stage = try Stage()
        let other = try Workbench.compileEmptyLibrary()
        let own = try Workbench.library.get()
        let first = try stage.run(["sh", "-c", "echo $LD_PRELOAD"], preload: own + separator + other)
        #expect(first.output.trimmingCharacters(in: CharacterSet(charactersIn: " :\n")) == other)
        let last = try stage.run(["sh", "-c", "echo $LD_PRELOAD"], preload: other + separator + own)
        #expect(last.output == "\(other)\n")
    }

    @Test func `without a connection everything passes`() throws {
        let stage = try Stage()
        let run = try Workbench.run(
            ["cat", "\(stage.root)/a", "\(stage.root)/missing"], in: Workbench.package,
            environment: ["LD_PRELOAD": Workbench.library.get(), "OPENHOOK_PATHS": stage.root, "LC_ALL": "C"])
        #expect(run.output == "hello\n")
        #expect(run.errors == "cat: \(stage.root)/missing: No such file or directory\n")
    }
}
