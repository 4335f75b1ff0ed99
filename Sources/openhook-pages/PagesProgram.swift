import HookJSON
import HookLinux
import SystemPackage

/// Reads what a program says of itself from standard input, and writes its page to standard output.
enum PagesProgram {
    static func run() -> Int32 {
        let arguments = ThisProcess.arguments.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        do {
            let input = try standardInput()
            switch arguments {
            case ["openhook"]: StandardStream.output.write(try CommandPage(HookJSON.JSONValue(parsing: input)).text)
            case ["openhookd"]: StandardStream.output.write(ServerPage(String(decoding: input, as: UTF8.self)).text)
            default:
                return fail("usage: openhook-pages openhook|openhookd, with what the program says on standard input")
            }
            return 0
        } catch {
            return fail("\(error)")
        }
    }

    private static func fail(_ message: String) -> Int32 {
        StandardStream.error.write("openhook-pages: \(message)\n")
        return 2
    }

    private static func standardInput() throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try OwnedDescriptor.read(from: 0, into: &room)
            if count == 0 { return bytes }
            bytes += room[..<count]
        }
    }
}
