/// The name of a file as bytes: absolute, and clean.
///
/// It begins with `/`; no component is empty, `.` or `..`; there is no NUL, and no `/` at the end except in `/` itself.
/// So a name has one spelling, and comparing bytes compares names.
package struct AbsolutePath: Hashable, Sendable {
    package let bytes: [UInt8]

    /// The longest name in bytes that the kernel takes: `PATH_MAX` without the NUL.
    package static let longest = 4095

    /// `/`, the directory that everything is in.
    package static let root = AbsolutePath(unchecked: [slash])

    /// The name, or nil if it is not absolute and clean.
    package init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard AbsolutePath.defect(of: bytes) == nil else { return nil }
        self.bytes = bytes
    }

    /// The name, or nil if it is not absolute and clean.
    package init?(_ text: String) {
        self.init(text.utf8)
    }

    /// The name as people and other programs write it: it may end in `/`.
    package init?(directory bytes: some Collection<UInt8>) {
        let end = bytes.reversed().prefix { $0 == slash }.count
        self.init(end == bytes.count ? Array(bytes.prefix(1)) : Array(bytes.dropLast(end)))
    }

    init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The directory that the name is in; of `/`, itself.
    package var parent: AbsolutePath {
        guard let end = bytes.lastIndex(of: slash), end > 0 else { return .root }
        return AbsolutePath(unchecked: Array(bytes[..<end]))
    }

    /// Whether the name is the directory or lies in it, however deep.
    package func isBeneathOrEqual(_ directory: AbsolutePath) -> Bool {
        if directory == .root || self == directory { return true }
        return bytes.starts(with: directory.bytes) && bytes[directory.bytes.count] == slash
    }

    /// The longest directory that both are in, or are.
    func commonDirectory(with other: AbsolutePath) -> AbsolutePath {
        let equal = zip(prefix, other.prefix).prefix { $0 == $1 }.map(\.0)
        guard let end = equal.lastIndex(of: slash), end > 0 else { return .root }
        return AbsolutePath(unchecked: Array(equal[..<end]))
    }

    /// The bytes that every name in this directory begins with.
    var prefix: [UInt8] {
        self == .root ? bytes : bytes + [slash]
    }

    /// Why bytes are no clean absolute name; nil if they are one.
    static func defect(of bytes: [UInt8]) -> PathDefect? {
        guard bytes.first == slash else { return .relative }
        guard bytes.count <= longest else { return .tooLong }
        guard !bytes.contains(0) else { return .nul }
        guard bytes.count > 1 else { return nil }
        for component in bytes.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
            if let defect = PathDefect(component: component) { return defect }
        }
        return nil
    }
}

/// What makes bytes unfit as a name.
enum PathDefect: Error {
    case relative, tooLong, nul, emptyComponent, dot, dotDot

    /// The defect of one component, if it has one.
    init?(component: some Collection<UInt8>) {
        if component.isEmpty {
            self = .emptyComponent
        } else if component.elementsEqual(".".utf8) {
            self = .dot
        } else if component.elementsEqual("..".utf8) {
            self = .dotDot
        } else {
            return nil
        }
    }

    /// The end of a sentence that begins with what the name is for.
    var message: String {
        switch self {
        case .relative: "is an absolute path: it begins with `/`"
        case .tooLong: "is at most \(AbsolutePath.longest) bytes long"
        case .nul: "has no NUL in it"
        case .emptyComponent: "has no empty component (`//`)"
        case .dot: "has no component `.`"
        case .dotDot: "has no component `..`"
        }
    }
}

let slash = UInt8(ascii: "/")
