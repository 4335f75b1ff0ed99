import Foundation
import Testing

/// The pages that `swift package make-docs` makes.
struct ManualPageTests {
    private func page(_ program: String, _ argument: String) throws -> (source: String, page: String) {
        let source = try Program.run(Program.product(program), [argument])
        let page = try Program.run(
            Program.product("openhook-pages"), [program], input: Data(source.output.utf8))
        #expect(page.status == 0)
        return (source.output, page.output.replacing("\\-", with: "-"))
    }

    @Test func `the page of openhookd has every option of its help`() throws {
        let (help, page) = try page("openhookd", "--help")
        let options = help.matches(of: /--[a-z-]+/).map { String(help[$0.range]) }
        #expect(options.count > 10)
        for option in options { #expect(page.contains(option), "\(option)") }
        #expect(page.hasPrefix(".TH OPENHOOKD 8 "))
    }

    @Test func `the page of openhook has every verb and option`() throws {
        let (dump, page) = try page("openhook", "--experimental-dump-help")
        let tree = try #require(try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any])
        let command = try #require(tree["command"] as? [String: Any])
        let verbs = try #require(command["subcommands"] as? [[String: Any]])
        for verb in verbs where verb["commandName"] as? String != "help" {
            let name = try #require(verb["commandName"] as? String)
            #expect(page.contains(".SS openhook \(name) [options]"), "\(name)")
            for argument in verb["arguments"] as? [[String: Any]] ?? [] {
                for spelled in argument["names"] as? [[String: String]] ?? [] where spelled["kind"] == "long" {
                    #expect(page.contains("--" + (spelled["name"] ?? "")), "\(spelled)")
                }
            }
        }
    }
}
