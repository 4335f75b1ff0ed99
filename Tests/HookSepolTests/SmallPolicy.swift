import Foundation
import HookLinux
import HookSELinux
import HookSepol
import SystemPackage
import TestSupport
import Testing

/// `small-policy.conf`, compiled. All labels of `Context` are in it.
enum SmallPolicy {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        component: "small-policy.conf")

    static func source() throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// - Parameter use: the compiled file, which is removed afterwards.
    static func compiled<R>(_ use: (SystemPath) throws -> R) throws -> R {
        let scratch = try ScratchDirectory()
        let run = try Program.run("checkpolicy", ["-M", "-o", scratch.path("policy"), file.path])
        guard run.ending == .exited(0) else { throw SetUpFailure("checkpolicy: \(run)") }
        return try use(SystemPath(text: scratch.path("policy")))
    }

    static func load() throws -> SepolPolicy { try compiled { try SepolPolicy(readingFile: $0) } }

    static func check() throws -> LabelCheck { try LabelCheck(asking: load(), own: Context.server) }
}

/// What is asked: a name for the row, who, what, as what, and what the policy does not allow of it.
struct Question: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let subject: SecurityContext
    let object: ObjectLabel
    let kind: ObjectClass
    let access: Permissions
    /// Nil: it is allowed.
    let missing: Permissions?

    init(
        _ what: String, _ subject: SecurityContext, _ object: ObjectLabel, _ kind: ObjectClass, _ access: Permissions,
        denied missing: Permissions? = nil
    ) {
        testDescription = what
        (self.subject, self.object, self.kind, self.access, self.missing) = (subject, object, kind, access, missing)
    }
}

extension Context {
    static let base = context("system_u:object_r:virt_image_t:s0")
    static let disk = context("system_u:object_r:fixed_disk_device_t:s0")
    static let tap = context("system_u:object_r:tap_device_t:s0")
}
