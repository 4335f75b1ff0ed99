import HookJSON

/// The page of `openhook`, from what the argument parser knows of it.
struct CommandPage {
    let text: String

    /// What was read is no description of a command.
    struct NoCommand: Error, CustomStringConvertible {
        let description = "this is not what --experimental-dump-help prints"
    }

    init(_ description: JSONValue) throws(NoCommand) {
        guard let command = description["command"], let name = command.text("commandName"),
            let abstract = command.text("abstract"), let verbs = command["subcommands"]?.elements
        else { throw NoCommand() }
        var page = ManualPage(name, section: 1, abstract: abstract)
        page.heading("Synopsis")
        page.paragraph("\(name) VERB [options] ...")
        page.heading("Description")
        page.prose(command.text("discussion") ?? "")
        page.heading("Verbs")
        for verb in verbs where verb.text("commandName") != "help" { Self.add(verb, of: name, to: &page) }
        page.heading("See also")
        page.paragraph("openhookd(8)")
        text = page.text
    }

    private static func add(_ verb: JSONValue, of command: String, to page: inout ManualPage) {
        let arguments = (verb["arguments"]?.elements ?? []).filter { $0["shouldDisplay"]?.boolean != false }
        let positionals = arguments.filter { $0.text("kind") == "positional" }
        let words = [command, verb.text("commandName") ?? "", "[options]"] + positionals.map(synopsis)
        page.subheading(words.joined(separator: " "))
        page.paragraph(verb.text("abstract") ?? "")
        page.prose(verb.text("discussion") ?? "")
        for argument in positionals { page.term("<\(argument.text("valueName") ?? "")>", meaning(argument)) }
        for argument in arguments where argument.text("kind") != "positional" {
            page.term(names(argument), meaning(argument))
        }
    }

    private static func synopsis(_ positional: JSONValue) -> String {
        let name = "<\(positional.text("valueName") ?? "")>"
        let repeated = positional["isRepeating"]?.boolean == true ? name + " ..." : name
        return positional["isOptional"]?.boolean == true ? "[\(repeated)]" : repeated
    }

    private static func names(_ argument: JSONValue) -> String {
        let names = (argument["names"]?.elements ?? []).compactMap { name in
            name.text("name").map { (name.text("kind") == "long" ? "--" : "-") + $0 }
        }
        let value = argument.text("kind") == "option" ? " <\(argument.text("valueName") ?? "")>" : ""
        return names.joined(separator: ", ") + value
    }

    private static func meaning(_ argument: JSONValue) -> String {
        let words = argument.text("abstract") ?? ""
        return argument.text("defaultValue").map { "\(words) (default: \($0))" } ?? words
    }
}

extension JSONValue {
    /// A string that is a member of an object.
    fileprivate func text(_ name: String) -> String? {
        self[name]?.bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
