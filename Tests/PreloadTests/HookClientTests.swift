import Testing

/// The C client that was written from the protocol's text, against the bare server: its own reports must be right
/// before it judges another server.
struct HookClientTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let words: [String]
        let lines: [String]

        init(_ words: String, prints lines: String...) {
            testDescription = words
            self.words = words.split(separator: " ").map(String.init)
            self.lines = lines
        }
    }

    static let rows = [
        Row("open rdonly 0 ROOT/a", prints: "ok flags=rdonly size=6"),
        Row("open rdwr,append,direct 0 ROOT/a", prints: "ok flags=rdwr,append,direct size=6"),
        Row("open rdonly 0 ROOT/\\x61", prints: "ok flags=rdonly size=6"),
        Row("open rdonly 0 ROOT/missing", prints: "errno ENOENT"),
        Row("open rdonly 0 /etc/hostname", prints: "errno EACCES"),
        Row("open rdonly 0 ROOT/@withhold", prints: "stripped"),
        Row("open rdonly 0 ROOT/@command", prints: "command=2 ok flags=rdwr size=0"),
        Row("open rdonly 0 ROOT/@size", prints: "odd size 16"),
        Row("open rdonly 0 ROOT/@die", prints: "eof"),
        Row("pair rdonly 0 ROOT/a ROOT/missing", prints: "ok flags=rdonly size=6", "errno ENOENT"),
        Row("--descriptor open rdonly 0 ROOT/a", prints: "ok flags=rdonly size=6"),
        Row("half-close reply", prints: "eof"),
        Row("begin 9 rdonly 0 ROOT/a half-close reply", prints: "eof"),
        Row("begin 9 rdonly 0 ROOT/a die"),
        Row("hex 1300000001000000000000000000000001002f reply", prints: "errno EACCES"),
        Row("--bytewise open rdonly 0 ROOT/a", prints: "ok flags=rdonly size=6"),
    ]

    @Test(arguments: rows, [Stage.Channel.inheritedStream, .listeningPackets])
    func `the client prints one line a reply`(row: Row, channel: Stage.Channel) throws {
        guard !(channel.sendsPackets && row.words.contains("--bytewise")) else { return }
        let stage = try Stage()
        let client = try Workbench.hookClient.get()
        let words = row.words.map { $0.replacing("ROOT", with: stage.root) }
        let connection = channel.isInherited ? "--fd $OPENHOOK_FD" : "--socket $OPENHOOK_SOCKET --seqpacket"
        let script = "exec \(client) \(connection) \"$@\""
        let run = try stage.serve(["sh", "-c", script, "sh"] + words, over: channel)
        #expect(run.lines == row.lines)
    }
}
