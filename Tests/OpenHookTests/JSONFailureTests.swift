import Foundation
import Testing

/// `--json` where there is no answer: an object all the same, with the reason.
struct JSONFailureTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
        try Data("no record\n".utf8).write(to: scene.top.appending(component: "trail.jsonl"))
        try Data("openhook 1\nrot\n".utf8).write(to: scene.top.appending(component: "broken.policy"))
        try Data("alow rw /x\n".utf8).write(to: scene.top.appending(component: "broken.cases"))
    }

    /// `TOP` stands for the scene's folder.
    private func run(_ arguments: [String]) throws -> Program.Run {
        try Program.openhook(arguments.map { $0.replacing("TOP", with: scene.top.path) } + ["--json"])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let status: Int32
        let json: String
        let error: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ status: Int32, _ json: String, _ error: String) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            (self.status, self.json, self.error) = (status, json, error)
        }
    }

    private static let missing = "ENOENT (No such file or directory)"
    private static let noPolicy =
        "{\"answer\":\"none\",\"policy\":\"/none\",\"reason\":\"the policy cannot be read: \(missing)\"}\n"
    private static let noPolicyText = "openhook: /none: the policy cannot be read: \(missing)\n"

    static let rows: [Row] = [
        Row("check /none", 2, noPolicy, noPolicyText),
        Row("explain /none /x", 2, noPolicy, noPolicyText),
        Row("test /none TOP/broken.cases", 2, noPolicy, noPolicyText),
        Row("diff /none TOP/vm.policy", 2, noPolicy, noPolicyText),
        Row("drift /none --pid 1", 2, noPolicy, noPolicyText),
        Row("learn TOP/trail.jsonl --policy /none", 2, noPolicy, noPolicyText),
        Row(
            "test TOP/vm.policy /none", 3, "{\"answer\":\"none\",\"file\":\"/none\",\"reason\":\"\(missing)\"}\n",
            "openhook: /none: \(missing)\n"),
        Row(
            "learn /none --policy TOP/vm.policy", 3,
            "{\"answer\":\"none\",\"file\":\"/none\",\"reason\":\"\(missing)\"}\n", "openhook: /none: \(missing)\n"),
        Row(
            "explain --record /none", 3, "{\"answer\":\"none\",\"file\":\"/none\",\"reason\":\"\(missing)\"}\n",
            "openhook: /none: \(missing)\n"),
        Row(
            "explain --record TOP/trail.jsonl", 2,
            "{\"answer\":\"none\",\"reason\":\"line 1 is no audit record: no JSON: an unexpected character at byte 2\"}\n",
            "openhook: line 1 is no audit record: no JSON: an unexpected character at byte 2\n"),
        Row(
            "explain TOP/vm.policy /x --peer-label u:r:t_t:s0 --selinux-policy /none", 3,
            "{\"answer\":\"none\",\"file\":\"/none\",\"reason\":\"\(missing)\"}\n", "openhook: /none: \(missing)\n"),
        Row(
            "generate --libvirt /none", 3, "{\"answer\":\"none\",\"file\":\"/none\",\"reason\":\"\(missing)\"}\n",
            "openhook: /none: \(missing)\n"),
        Row(
            "drift TOP/vm.policy --qmp /none", 3,
            "{\"answer\":\"none\",\"file\":\"/none\",\"reason\":\"the monitor cannot be reached: \(missing)\"}\n",
            "openhook: /none: the monitor cannot be reached: \(missing)\n"),
        Row(
            "open --socket /none /x", 3,
            "{\"answer\":\"none\",\"reason\":\"cannot connect to '/none': No such file or directory\\u000a"
                + "No server listens there. Start one: openhookd --policy FILE --socket PATH\"}\n",
            "openhook: cannot connect to '/none': No such file or directory\n"
                + "No server listens there. Start one: openhookd --policy FILE --socket PATH\n"),
    ]

    @Test(arguments: rows) func `what cannot be done is an object with the reason`(row: Row) throws {
        let run = try run(row.arguments)
        #expect(run.status == row.status)
        #expect(scene.shortened(run.output) == row.json)
        #expect(scene.shortened(run.errors).hasPrefix(row.error), "\(run.errors)")
    }

    static let broken = [
        "explain TOP/broken.policy /x", "test TOP/broken.policy /none", "diff TOP/vm.policy TOP/broken.policy",
        "drift TOP/broken.policy --pid 1", "learn TOP/trail.jsonl --policy TOP/broken.policy",
    ]

    @Test(arguments: broken) func `a policy with errors is an object with each of them`(arguments: String) throws {
        let run = try run(arguments.split(separator: " ").map(String.init))
        #expect(run.status == 2)
        #expect(run.errors == "openhook: the policy has errors, so no server uses it\n")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(report["answer"] as? String == "none")
        #expect(report["policy"] as? String == scene.top.path + "/broken.policy")
        #expect(report["reason"] as? String == "the policy has errors, so no server uses it")
        let errors = try #require(report["diagnostics"] as? [[String: Any]])
        #expect(
            errors.map { $0["message"] as? String } == ["the policy has no `vm` statement", "unknown statement `rot`"])
    }

    @Test func `so is a file of cases`() throws {
        let run = try run(["test", "TOP/vm.policy", "TOP/broken.cases"])
        #expect(run.status == 2)
        #expect(run.errors == "openhook: the file of cases has errors, so none was tried\n")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(report["file"] as? String == scene.top.path + "/broken.cases")
        let errors = try #require(report["diagnostics"] as? [[String: Any]])
        #expect(
            errors.map { $0["message"] as? String } == ["unknown word `alow`: a case begins with `allow` or `deny`"])
    }

    @Test func `where content goes to standard output the object does not`() throws {
        let run = try run(["open", "--socket", "/none", "--cat", "/x"])
        #expect(run.status == 3)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("{\"answer\":\"none\","))
    }
}

/// What `openhook explain --json` prints where there is no answer.
struct ExplainErrorTests {
    @Test func `a policy with errors is JSON, too`() throws {
        let scene = try Scene("    alow rw disk.qcow2\n")
        let run = try Program.openhook("explain", scene.policy, scene.name("disk.qcow2"), "--json")
        #expect(run.status == 2)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(report["answer"] as? String == "none")
        let errors = try #require(report["diagnostics"] as? [[String: Any]])
        #expect(errors.map { $0["message"] as? String } == ["unknown statement `alow`"])
        #expect(errors.map { $0["line"] as? Int } == [6])
        #expect(run.errors == "openhook: the policy has errors, so no server uses it\n")
    }

    @Test func `a policy that is not there is JSON, too`() throws {
        let run = try Program.openhook("explain", "/nonexistent/policy", "/a", "--json")
        #expect(run.status == 2)
        #expect(
            run.output == #"{"answer":"none","policy":"/nonexistent/policy","#
                + #""reason":"the policy cannot be read: ENOENT (No such file or directory)"}"# + "\n")
    }
}
