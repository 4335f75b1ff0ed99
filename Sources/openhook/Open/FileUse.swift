import HookLinux
import HookWire
import SystemPackage

/// What is done with a file that a server opened.
struct FileUse: ~Copyable {
    private let file: OwnedDescriptor

    init(_ file: consuming OwnedDescriptor) { self.file = file }

    /// Writes first, then copies the content from where the file stands, then holds it.
    borrowing func apply(write text: String?, cat: Bool, hold: Bool) throws(Failure) {
        if text != nil || cat { try allowAnyBuffer() }
        if let text { try write(text) }
        if cat { try copyOut() }
        if hold { try holdOpen() }
    }

    /// With O_DIRECT the kernel takes blocks at aligned addresses alone. This open file is nobody else's.
    private borrowing func allowAnyBuffer() throws(Failure) {
        try attempt("O_DIRECT cannot be taken off the descriptor") { () throws(Errno) in
            let flags = OpenFlags(rawValue: try file.statusFlags())
            guard flags.contains(.direct) else { return }
            try file.setStatusFlags(flags.subtracting(.direct).rawValue)
        }
    }

    private borrowing func write(_ text: String) throws(Failure) {
        guard text == "-" else {
            return try attempt("writing failed") { () throws(Errno) in try file.writeAll(Array(text.utf8)) }
        }
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
        var room = [UInt8](repeating: 0, count: 65_536)
        try attempt("reading failed") { () throws(Errno) in
            while true {
                let count = try file.read(into: &room)
                if count == 0 { return }
                StandardStream.output.write(bytes: Array(room[..<count]))
            }
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
        do { try body() } catch { throw Failure(.inputOutput, "\(what): \(error.described)") }
    }
}
