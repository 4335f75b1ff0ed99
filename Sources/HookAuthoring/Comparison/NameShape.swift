/// How far a name has come, as far as it matters whether it is absolute and clean: no empty component, no `.`, no `..`.
enum NameShape: UInt8 {
    case beginning, afterSlash, afterDot, afterDots, insideComponent

    /// After one more byte; nil if no clean name goes on like that.
    func after(_ byte: UInt8) -> NameShape? {
        let isSlash = byte == UInt8(ascii: "/")
        let isDot = byte == UInt8(ascii: ".")
        switch self {
        case .beginning: return isSlash ? .afterSlash : nil
        case .afterSlash: return isSlash ? nil : isDot ? .afterDot : .insideComponent
        case .afterDot: return isSlash ? nil : isDot ? .afterDots : .insideComponent
        case .afterDots: return isSlash ? nil : .insideComponent
        case .insideComponent: return isSlash ? .afterSlash : .insideComponent
        }
    }

    /// Whether a name may end here. `/` alone is a directory, whatever a policy says.
    var isName: Bool { self == .insideComponent }

    /// Whether `.` leads elsewhere than a letter does.
    var mindsDots: Bool { self != .insideComponent }
}
