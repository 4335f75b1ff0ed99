import Testing

/// Threads, forks, signals and cancellation.
@Suite(.serialized)
struct ProcessTests {
    @Test(arguments: Stage.Channel.allCases)
    func `eight threads open five hundred files each, and leave no descriptor`(channel: Stage.Channel) throws {
        let run = try Stage().probe("threads", over: channel)
        #expect(run.lines == ["first rdonly size=6", "failures 0", "descriptors +0"])
        #expect(run.errors == "")
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a daemon goes on where its parent ended`(channel: Stage.Channel) throws {
        let run = try Stage().probe("daemonize", over: channel)
        #expect(run.lines == ["parent rdonly size=6", "daemon rdonly size=6", "daemon rdwr size=6"])
        #expect(run.errors == "")
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a child forked in the middle of an exchange never reads its parent's answer`(
        channel: Stage.Channel
    ) throws {
        let run = try Stage().probe("fork-between", over: channel)
        #expect(run.lines.sorted() == ["child rdonly size=6", "parent errno EAGAIN"])
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a child makes a connection of its own where it can`(channel: Stage.Channel) throws {
        let run = try Stage().probe("fork-apart", over: channel)
        let connections = channel.isInherited ? "one connection" : "two connections"
        #expect(
            run.lines == ["parent rdonly size=6", "child rdonly size=6", connections, "parent rdonly size=6"])
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a shared connection that a dying child left half used is given up`(channel: Stage.Channel) throws {
        let stage = try Stage()
        let run = try stage.probe("die-between", over: channel)
        if channel.isInherited {
            #expect(run.output == "parent errno EIO\n")
            #expect(run.errors == "openhook: the connection to the broker is closed, cannot open: \(stage.root)/a\n")
        } else {
            #expect(run == Workbench.Run(status: 0, output: "parent rdonly size=6\n", errors: ""))
        }
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a signal neither ends an open nor deadlocks it`(channel: Stage.Channel) throws {
        let run = try Stage().probe("interrupt", over: channel)
        #expect(run.lines == ["waiting errno EAGAIN", "handler EDEADLK", "after rdonly size=6"])
    }

    @Test(arguments: Stage.Channel.allCases)
    func `a cancelled thread finishes its exchange`(channel: Stage.Channel) throws {
        let run = try Stage().probe("cancel", over: channel)
        #expect(run.lines == ["cancelled errno EAGAIN", "after rdonly size=6"])
    }
}
