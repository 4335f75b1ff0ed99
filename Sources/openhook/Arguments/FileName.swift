import ArgumentParser
import HookLinux
import HookPolicy

/// The name of a file on the command line: its bytes as they were given, which need not be text.
struct FileName: ExpressibleByArgument {
    let bytes: [UInt8]

    /// The argument parser hands over text, in which bytes that are no UTF-8 have become U+FFFD. They are looked up
    /// among the process's arguments. If several could be meant, none is.
    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        guard argument.unicodeScalars.contains("\u{FFFD}") else {
            bytes = Array(argument.utf8)
            return
        }
        let given = Set(ThisProcess.arguments.flatMap(Self.readings)).filter {
            String(decoding: $0, as: UTF8.self) == argument
        }
        guard let only = given.first, given.count == 1 else { return nil }
        bytes = only
    }

    /// An argument, and what follows the `=` of an option.
    private static func readings(of argument: [UInt8]) -> [[UInt8]] {
        guard let sign = argument.firstIndex(of: UInt8(ascii: "=")) else { return [argument] }
        return [argument, Array(argument[(sign + 1)...])]
    }

    /// For system calls.
    func path() throws -> SystemPath {
        do { return try SystemPath(bytes) } catch { throw ValidationError("a name has no NUL in it") }
    }

    /// For messages.
    var shown: String { escaped(bytes) }
}
