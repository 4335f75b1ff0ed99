import HookLinux
import HookWire
import SystemPackage

/// A file that a server opened.
struct OpenedFile: ~Copyable {
    private let file: OwnedDescriptor

    init(_ file: consuming OwnedDescriptor) { self.file = file }

    /// What can be done with it.
    enum Action {
        case write(String)
        case writeStandardInput
        /// From where the file stands to its end.
        case copyToStandardOutput
        /// Until standard input ends, or a signal comes.
        case hold
    }

    borrowing func perform(_ actions: [Action]) throws(Failure) {
        for action in actions {
            switch action {
            case .write(let text):
                try allowAnyBuffer()
                try attempt("writing failed") { () throws(Errno) in try file.writeAll(Array(text.utf8)) }
            case .writeStandardInput: try copyIn()
            case .copyToStandardOutput: try copyOut()
            case .hold: try holdOpen()
            }
        }
    }

    /// With O_DIRECT the kernel takes blocks at aligned addresses alone. This open file is nobody else's.
    private borrowing func allowAnyBuffer() throws(Failure) {
        try attempt("O_DIRECT cannot be taken off the descriptor") { () throws(Errno) in
            let flags = OpenFlags(rawValue: try file.statusFlags())
            guard flags.contains(.direct) else { return }
            try file.setStatusFlags(flags.subtracting(.direct).rawValue)
        }
    }

    private borrowing func copyIn() throws(Failure) {
        try allowAnyBuffer()
        var room = [UInt8](repeating: 0, count: 65_536)
        try attempt("copying standard input failed") { () throws(Errno) in
            while true {
                let count = try OwnedDescriptor.read(from: 0, into: &room)
                if count == 0 { return }
                try file.writeAll(Array(room[..<count]))
            }
        }
    }

    private borrowing func copyOut() throws(Failure) {
        try allowAnyBuffer()
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            var count = 0
            try attempt("reading failed") { () throws(Errno) in count = try file.read(into: &room) }
            if count == 0 { return }
            try AnswerStream.output.write(bytes: Array(room[..<count]), orElse: .inputOutput)
        }
    }

    private borrowing func holdOpen() throws(Failure) {
        var room = [UInt8](repeating: 0, count: 4096)
        try attempt("waiting failed") { () throws(Errno) in
            let signals = try SignalDescriptor([.terminate, .interrupt])
            while true {
                var entries = [Readiness(of: 0), Readiness(of: signals.descriptor.number)]
                _ = try Polling.wait(&entries, milliseconds: nil)
                if entries[1].isReady { return }
                if entries[0].isReady, try OwnedDescriptor.read(from: 0, into: &room) == 0 { return }
            }
        }
    }

    private borrowing func attempt(_ what: String, _ body: () throws(Errno) -> Void) throws(Failure) {
        do { try body() } catch {
            // That is how the kernel says that a descriptor was not opened for this.
            let hint = error == .badFileDescriptor ? "\nIt was not opened for that: ask with --access rw." : ""
            throw Failure(.inputOutput, "\(what): \(error.described)\(hint)")
        }
    }
}
