import CYardstick
import HookLinux
import SystemPackage

/// A directory of this run: one image, a policy and the audit record. It is removed when the value ends.
struct WorkingDirectory: ~Copyable {
    private let path: String

    /// Where the server finds the images: in a directory of their own, so that nothing else is beneath the root.
    let images: String
    /// Where the server writes its records.
    let audit: String
    /// Where a server says how often it has allocated.
    let allocations: String
    let messages: ServerMessages

    private let policy: String
    private let image: String

    init(under parent: String) throws(BenchError) {
        let path = try Self.makeDirectory(in: parent)
        let images = try Self.makeDirectory(in: path)
        let image = images + "/" + BenchPolicy.imageName
        try Self.write("", to: image)
        self.path = path
        self.images = images
        self.image = image
        audit = path + "/audit.jsonl"
        allocations = path + "/allocations"
        messages = ServerMessages(file: path + "/messages")
        policy = path + "/bench.policy"
        // The server looks more than once at a file that has just been changed: what is measured is one that has not.
        Progress.show("nothing yet, for 4 s: until the image counts as left alone")
        var nothing: [Readiness] = []
        _ = try? Polling.wait(&nothing, milliseconds: 4000)
    }

    deinit {
        for file in [image, audit, policy, allocations, messages.file] { _ = unsafe ys_remove_file(file) }
        for directory in [images, path] { _ = unsafe ys_remove_directory(directory) }
    }

    /// Writes a policy over the one before.
    borrowing func makePolicy(rules: Int) throws(BenchError) -> BenchPolicy {
        let made = BenchPolicy(file: policy, images: images, ruleCount: rules)
        try Self.write(made.text, to: policy)
        return made
    }

    /// Throws the records away, so that the next measurement does not write behind those of this one.
    borrowing func emptyAudit() throws(BenchError) { try Self.write("", to: audit) }

    private static func makeDirectory(in parent: String) throws(BenchError) -> String {
        var name = Array((parent + "/openhook-bench.XXXXXX").utf8CString)
        try check(unsafe ys_make_temporary_directory(&name), "make a directory in '\(parent)'")
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func write(_ text: String, to file: String) throws(BenchError) {
        let descriptor = try create(file)
        do { try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) } } catch {
            throw .system(error as? Errno ?? .ioError, doing: "write '\(file)'")
        }
    }

    /// Opens an empty file.
    static func create(_ file: String) throws(BenchError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw .system(error as? Errno ?? .ioError, doing: "write '\(file)'")
        }
    }
}
