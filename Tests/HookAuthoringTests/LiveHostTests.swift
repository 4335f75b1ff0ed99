import HookLinux
import HookPolicy
import Testing
import TestSupport

@testable import HookAuthoring

/// What is found out about the machine itself, with real files and the real `qemu-img`.
struct LiveHostTests {
    private let host = LiveHost()

    private func path(_ scratch: ScratchDirectory, _ name: String) throws -> AbsolutePath {
        try #require(AbsolutePath(scratch.path(name)))
    }

    @Test func `files, directories and what is missing are told apart`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("a")
        try scratch.hardLink("b", to: "a")
        try scratch.directory("d")
        try scratch.fifo("f")
        guard case .found(let file) = host.look(at: try path(scratch, "a")) else { throw SetUpFailure("no file") }
        #expect(file.kind == .file)
        #expect(file.names == 2)
        guard case .found(let directory) = host.look(at: try path(scratch, "d")) else { throw SetUpFailure("none") }
        #expect(directory.kind == .directory)
        guard case .found(let fifo) = host.look(at: try path(scratch, "f")) else { throw SetUpFailure("no FIFO") }
        #expect(fifo.kind == .fifo)
        #expect(host.look(at: try path(scratch, "none")) == .missing)
        #expect(host.look(at: try path(scratch, "a/none")) == .missing)
        guard case .found(let null) = host.look(at: try #require(AbsolutePath("/dev/null"))) else {
            throw SetUpFailure("no /dev/null")
        }
        #expect(null.kind == .char)
    }

    @Test func `a link is trusted only where root alone could have made its way`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("a")
        try scratch.symlink("link", to: "a")
        try scratch.symlink("nowhere", to: "none")
        // Everybody can write in /tmp.
        guard case .link(let object, let target, let way) = host.look(at: try path(scratch, "link")) else {
            throw SetUpFailure("no link")
        }
        #expect(object.kind == .file)
        #expect(target == (try path(scratch, "a")))
        #expect(way == .changeableByOthers)
        #expect(host.look(at: try path(scratch, "nowhere")) == .danglingLink)
    }

    @Test(.enabled(if: Privilege.isRoot, "needs root"))
    func `a link below directories of root is trusted`() throws {
        let scratch = try ScratchDirectory(in: "/run")
        try scratch.file("a")
        try scratch.symlink("link", to: "a")
        guard case .link(_, _, let way) = host.look(at: try path(scratch, "link")) else {
            throw SetUpFailure("no link")
        }
        #expect(way == .trusted)
    }

    // MARK: Headers

    static let hasImageTool = ImageTool() != nil

    private func make(_ scratch: ScratchDirectory, _ words: String...) throws {
        let run = try Program.run("qemu-img", ["create", "-q", "-f", "qcow2"] + words)
        guard run.ending == .exited(0) else { throw SetUpFailure("qemu-img: \(run)") }
    }

    @Test(.enabled(if: hasImageTool, "needs Debian's qemu-utils"))
    func `what an image's header names is read, and none of it is opened`() throws {
        let scratch = try ScratchDirectory()
        try make(scratch, scratch.path("base"), "1M")
        try make(scratch, "-b", scratch.path("base"), "-F", "qcow2", scratch.path("top"))
        // Nobody writes into it: who opened it would wait.
        try scratch.fifo("fifo")
        try make(scratch, "-u", "-b", "fifo", "-F", "raw", scratch.path("hostile"), "1M")
        try make(scratch, "-u", "-b", "json:{\"driver\":\"null-co\"}", "-F", "raw", scratch.path("odd"), "1M")
        try make(scratch, "-o", "data_file=\(scratch.path("data")),data_file_raw=on", scratch.path("split"), "1M")
        func header(_ name: String) throws -> HeaderAnswer {
            host.header(of: try path(scratch, name), format: Array("qcow2".utf8))
        }
        #expect(try header("base") == .header(ImageHeader()))
        #expect(
            try header("top")
                == .header(ImageHeader(backingName: scratch.bytes("base"), backingFormat: Array("qcow2".utf8))))
        #expect(
            try header("hostile")
                == .header(ImageHeader(backingName: Array("fifo".utf8), backingFormat: Array("raw".utf8))))
        #expect(
            try header("odd")
                == .header(
                    ImageHeader(
                        backingName: Array("json:{\"driver\":\"null-co\"}".utf8), backingFormat: Array("raw".utf8))))
        #expect(try header("split") == .header(ImageHeader(dataName: scratch.bytes("data"))))
    }

    @Test(.enabled(if: hasImageTool, "needs Debian's qemu-utils"))
    func `what is no image of the format gives a reason`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("raw", "nothing but text")
        try scratch.fifo("fifo")
        try scratch.directory("directory")
        func header(_ name: String) throws -> HeaderAnswer {
            host.header(of: try path(scratch, name), format: Array("qcow2".utf8))
        }
        #expect(
            try header("raw")
                == .failed(
                    "qemu-img says: qemu-img: Could not open '\(scratch.path("raw"))': Image is not in qcow2 format"))
        #expect(try header("fifo") == .failed("it is neither a file nor a block device"))
        #expect(try header("directory") == .failed("it is neither a file nor a block device"))
        #expect(try header("none") == .failed("it is not there"))
    }

    @Test(arguments: [
        ("no JSON", "{", HeaderAnswer.failed("qemu-img's answer is no JSON: it ends too early at byte 2")),
        ("nothing", "{}", .header(ImageHeader())),
        (
            "a name twice", #"{"backing-filename":"a","backing-filename":"b"}"#,
            .failed("qemu-img's answer is no JSON: an object with two members of one name at byte 25")
        ),
        ("a name that is none", #"{"backing-filename":{"a":1}}"#, .header(ImageHeader())),
        (
            "parts elsewhere",
            #"{"format":"vmdk","filename":"/a","format-specific":{"data":{"extents":[{"filename":"/etc/shadow"}]}}}"#,
            .failed("its parts lie in further files, for which no rule is made")
        ),
        (
            "parts in the image itself",
            #"{"format":"vmdk","filename":"/a","format-specific":{"data":{"extents":[{"filename":"/a"}]}}}"#,
            .header(ImageHeader())
        ),
    ]) func `an answer is read as what it is`(row: (name: String, text: String, answer: HeaderAnswer)) {
        #expect(ImageTool.header(in: Array(row.text.utf8)) == row.answer)
    }

    // MARK: Limits

    private func shell(_ script: String, _ change: (inout LimitedProgram) -> Void = { _ in }) -> String {
        var program = LimitedProgram(
            program: SystemPath("/bin/sh"), arguments: ["-c", script].map { Array($0.utf8) })
        change(&program)
        do throws(LimitedProgram.Failure) {
            return String(decoding: try program.run(), as: UTF8.self)
        } catch {
            return error.text
        }
    }

    @Test func `a program that reads what is not to be trusted has limits`() throws {
        let scratch = try ScratchDirectory()
        #expect(shell("echo good; echo bad >&2") == "good\n")
        #expect(shell("echo bad >&2; exit 3") == "says: bad")
        #expect(shell("exit 3") == "ended with status 3")
        #expect(shell("kill -9 $$") == "was ended by signal 9")
        #expect(shell("exec sleep 60") { $0.seconds = 1 } == "took more than 1 s")
        #expect(shell("exec 1>&- 2>&-; exec sleep 60") { $0.seconds = 1 } == "took more than 1 s")
        #expect(shell("yes") { $0.longestOutput = 1000 } == "said more than is read")
        #expect(shell("yes >&2") { $0.longestOutput = 1000 } == "said more than is read")
        let starved = shell("exec dd if=/dev/zero of=/dev/null bs=300M count=1") { $0.memory = 128 << 20 }
        #expect(starved.hasPrefix("says: dd: memory exhausted"))
        let written = shell("echo x > \(scratch.path("file")); echo done")
        #expect(written != "done\n")
        #expect(try scratch.text("file") == "")
    }

    @Test func `a program that is not there gives a reason`() {
        let program = LimitedProgram(program: SystemPath("/nowhere/program"), arguments: [])
        let error = #expect(throws: LimitedProgram.Failure.self) { try program.run() }
        #expect(error?.text == "could not be run: ENOENT (No such file or directory)")
    }
}
