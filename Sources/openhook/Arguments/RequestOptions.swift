import ArgumentParser
import HookPolicy
import HookWire

/// What a file is asked for: the flags of a request.
struct RequestOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Open it for this: ro, wo or rw. (default: ro)", valueName: "ro|wo|rw"))
    var access: AccessWord?

    @Flag(help: "Make it if it is missing (O_CREAT).")
    var create = false

    @Flag(help: "Cut it to nothing (O_TRUNC).")
    var truncate = false

    @Option(
        help: ArgumentHelp("Flags by name or number: rdwr,direct or 'O_RDWR|O_CREAT' or 0x4002.", valueName: "words"),
        transform: OpenFlags.reading)
    var flags: OpenFlags?

    func validate() throws {
        guard let flags, access != nil else { return }
        guard flags.isDisjoint(with: .accessMode) else {
            throw ValidationError("--access and --flags both say what the file is opened for: leave one of them out")
        }
    }

    /// The options that are there.
    var given: [String] {
        let all = [
            ("--access", access != nil), ("--create", create), ("--truncate", truncate), ("--flags", flags != nil),
        ]
        return all.filter(\.1).map(\.0)
    }

    /// The same request on another command line.
    var words: [String] {
        var words: [String] = []
        if let access { words += ["--access", access.rawValue] }
        if create { words.append("--create") }
        if truncate { words.append("--truncate") }
        if let flags { words += ["--flags", ShellWord.quoted(Array("\(flags)".utf8))] }
        return words
    }

    var value: OpenFlags {
        var all = flags ?? []
        if let access { all.insert(access.flags) }
        if create { all.insert(.create) }
        if truncate { all.insert(.truncate) }
        return all
    }
}

enum AccessWord: String, ExpressibleByArgument, CaseIterable {
    case ro, wo, rw

    var flags: OpenFlags {
        switch self {
        case .ro: .readOnly
        case .wo: .writeOnly
        case .rw: .readWrite
        }
    }
}
