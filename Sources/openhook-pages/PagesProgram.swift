import HookJSON
import HookLinux

/// Reads what a program says of itself from standard input, and writes its page to standard output.
enum PagesProgram {
    static func run() -> Int32 {
        let arguments = ThisProcess.arguments.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        do {
            let input = try StandardInput.read(limit: 64 << 20)
            switch arguments {
            case ["openhook"]: try StandardOutput.write(CommandPage(JSONValue(parsing: input)).text)
            case ["openhookd"]: try StandardOutput.write(ServerPage(String(decoding: input, as: UTF8.self)).text)
            default:
                return fail("usage: openhook-pages openhook|openhookd, with what the program says on standard input")
            }
            return 0
        } catch {
            return fail("\(error)")
        }
    }

    private static func fail(_ message: String) -> Int32 {
        StandardError.write("openhook-pages: \(message)\n")
        return 2
    }
}
