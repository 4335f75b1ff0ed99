import HookLinux

/// Tests write paths as they are.
extension SystemPath: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text: text) }
}
