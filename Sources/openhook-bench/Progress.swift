import HookLinux

/// What is being measured now, on one line of a terminal; nothing where standard error is none.
enum Progress {
    static func show(_ what: String) {
        guard StandardError.isTerminal else { return }
        StandardError.write("\r\u{1B}[Kmeasuring: \(what)")
    }

    /// Takes the line away.
    static func end() {
        guard StandardError.isTerminal else { return }
        StandardError.write("\r\u{1B}[K")
    }
}
