import Testing

/// Servers that die or answer nonsense, and settings that cannot be used.
struct FailureTests {
    @Test(arguments: Stage.Channel.allCases)
    func `a server that dies while a program waits is an EIO and one line`(channel: Stage.Channel) throws {
        let stage = try Stage()
        let run = try stage.probe("odd", "@die", "@die", over: channel)
        #expect(run.status == 0)
        #expect(run.lines == ["@die errno EIO", "files +0", "@die errno EIO", "files +0"])
        #expect(
            run.errors == "openhook: the broker closed the connection, cannot open: \(stage.root)/@die\n")
    }

    @Test(arguments: [Stage.Channel.listeningStream, .listeningPackets])
    func `a server that was restarted is asked again`(channel: Stage.Channel) throws {
        let run = try Stage().probe("odd", "a", "@die-first", "a", over: channel)
        #expect(
            run.lines == [
                "a rdonly size=6", "files +0", "@die-first errno EIO", "files +0", "a rdonly size=6", "files +0",
            ])
    }

    static let malformed = ["@two", "@refuse-one", "@result-5", "@errno-4096", "@short", "@size", "@command"]

    @Test(arguments: malformed, Stage.Channel.allCases)
    func `an odd reply is an EIO, and its descriptors are closed`(order: String, channel: Stage.Channel) throws {
        let stage = try Stage()
        let run = try stage.probe("odd", order, over: channel)
        #expect(run.lines == ["\(order) errno EIO", "files +0"])
        let isCut = order == "@short" && !channel.sendsPackets
        let text =
            isCut ? "the broker closed the connection" : "the broker's reply is not of the open-hook protocol"
        #expect(run.errors == "openhook: \(text), cannot open: \(stage.root)/\(order)\n")
    }

    @Test(arguments: [Stage.Channel.inheritedStream, .listeningStream])
    func `a reply may come byte by byte`(channel: Stage.Channel) throws {
        let run = try Stage().probe("odd", "@bytewise", "a", over: channel)
        #expect(run.lines == ["@bytewise rdwr size=0", "files +0", "a rdonly size=6", "files +0"])
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a grant without a descriptor is an EACCES that says so`(channel: Stage.Channel) throws {
        let stage = try Stage()
        let run = try stage.probe("odd", "@withhold", "@withhold", "a", over: channel)
        #expect(
            run.lines == [
                "@withhold errno EACCES", "files +0", "@withhold errno EACCES", "files +0", "a rdonly size=6",
                "files +0",
            ])
        #expect(
            run.errors
                == "openhook: the broker granted a file but sent no descriptor: \(stage.root)/@withhold\n")
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a descriptor that the kernel strips is an EACCES that names the limit`(channel: Stage.Channel) throws {
        let stage = try Stage()
        let run = try stage.probe("exhaust", over: channel)
        #expect(run.lines == ["before rdonly size=6", "exhausted errno EACCES", "after rdonly size=6"])
        let text = "the descriptor did not arrive, this process or system has too many open (RLIMIT_NOFILE)"
        #expect(run.errors == "openhook: \(text): \(stage.root)/a\n")
    }

    @Test func `a message to a closed pipe raises no SIGPIPE`() throws {
        let run = try Stage().probe("quiet", "@withhold", "@die", "a")
        #expect(run.status == 0)
        #expect(run.lines == ["@withhold errno EACCES", "@die errno EIO", "a errno EIO"])
    }

    @Test func `a request is never written into a file that took the socket's number`() throws {
        let inherited = try Stage().probe("steal")
        #expect(inherited.lines == ["before rdonly size=6", "after errno EBADF", "written to it 0"])
        #expect(inherited.errors == "openhook: the program has closed the broker's socket: OPENHOOK_FD\n")
        let listening = try Stage().probe("steal", over: .listeningStream)
        #expect(listening.lines == ["before rdonly size=6", "after rdonly size=6", "written to it 0"])
    }

    @Test func `a name in a message cannot begin a line of its own`() throws {
        let stage = try Stage()
        _ = try stage.serve(["mkdir", "\(stage.root)/x\nopenhook: all is well"])
        let name = "x\nopenhook: all is well/@withhold"
        let run = try stage.probe("odd", name)
        let shown = name.replacing("\n", with: "?")
        #expect(
            run.errors == "openhook: the broker granted a file but sent no descriptor: \(stage.root)/\(shown)\n")
    }

    @Test(arguments: ["", "x", "0x3", "-1", "3 ", "99999999999", "1", "77"])
    func `an OPENHOOK_FD that is no connection refuses managed names`(value: String) throws {
        let stage = try Stage()
        let run = try Workbench.run(
            ["cat", "\(stage.root)/a", "/proc/self/comm"], in: Workbench.package,
            environment: [
                "LD_PRELOAD": Workbench.library.get(), "OPENHOOK_PATHS": stage.root, "OPENHOOK_FD": value,
                "LC_ALL": "C",
            ])
        #expect(run.output == "cat\n")
        #expect(
            run.errors == """
                openhook: OPENHOOK_FD is not a connected UNIX socket, the broker cannot be asked: \(value)
                cat: \(stage.root)/a: Bad file descriptor

                """)
    }

    @Test func `an OPENHOOK_SOCKET that nobody listens on refuses managed names`() throws {
        let stage = try Stage()
        let socket = stage.outside("nobody")
        let run = try Workbench.run(
            ["cat", "\(stage.root)/a"], in: Workbench.package,
            environment: [
                "LD_PRELOAD": Workbench.library.get(), "OPENHOOK_PATHS": stage.root, "OPENHOOK_SOCKET": socket,
                "LC_ALL": "C",
            ])
        #expect(
            run.errors == """
                openhook: cannot connect to the broker: \(socket): No such file or directory
                cat: \(stage.root)/a: Input/output error

                """)
    }

    @Test func `an OPENHOOK_SOCKET that is too long refuses managed names`() throws {
        let stage = try Stage()
        let socket = "/" + String(repeating: "s", count: 107)
        let run = try Workbench.run(
            ["cat", "\(stage.root)/a"], in: Workbench.package,
            environment: [
                "LD_PRELOAD": Workbench.library.get(), "OPENHOOK_PATHS": stage.root, "OPENHOOK_SOCKET": socket,
                "LC_ALL": "C",
            ])
        let text = "OPENHOOK_SOCKET cannot be the name of a UNIX socket, the broker cannot be asked"
        #expect(run.errors == "openhook: \(text): \(socket)\ncat: \(stage.root)/a: File name too long\n")
    }
}
