import ArgumentParser
import HookSELinux
import HookWire

/// Values of options whose errors deserve a text of their own.
extension OpenFlags {
    static func reading(_ text: String) throws -> OpenFlags { try OpenFlags(parsing: text) }
}

extension SecurityContext {
    static func reading(_ text: String) throws -> SecurityContext {
        guard let context = SecurityContext(validating: Array(text.utf8)) else {
            throw ValidationError("a label is user:role:type or user:role:type:level")
        }
        return context
    }
}

/// Permissions of a file, as chmod(1) takes them.
enum Permissions {
    /// What QEMU asks for.
    static let ordinary: UInt32 = 0o644

    static func reading(_ text: String) throws -> UInt32 {
        guard let mode = UInt32(text, radix: 8), mode <= 0o7777 else {
            throw ValidationError("permissions are an octal number, at most 7777")
        }
        return mode
    }
}
