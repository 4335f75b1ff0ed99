import ArgumentParser
import HookPolicy

/// A name on the command line that is to be absolute, and clean but for a `/` at the end.
struct CleanName: ExpressibleByArgument {
    let path: AbsolutePath

    init?(argument: String) {
        guard let name = FileName(argument: argument) else { return nil }
        guard let path = AbsolutePath(directory: name.bytes) else { return nil }
        self.path = path
    }
}
