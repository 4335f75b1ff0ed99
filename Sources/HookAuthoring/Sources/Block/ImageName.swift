internal import HookJSON
internal import HookPolicy

/// What a file name of QEMU's block layer means: in `-drive file=…`, and in the header of an image.
enum ImageName: Equatable {
    /// A file of this host, by its path; relative ones are joined to what they are relative to.
    case path([UInt8])
    /// A device of this host.
    case device([UInt8])
    /// `json:{…}`: a node of its own.
    case node(OptionTree)
    /// Something that QEMU does not open a file for: `nbd`, `rbd`, …
    case remote(protocol: String)
    /// A descriptor that whoever started QEMU has opened for it.
    case passedDescriptor
    /// Why it means nothing.
    case malformed(String)

    /// - Parameter directory: what a relative path begins at; nil: nobody knows.
    init(_ name: [UInt8], relativeTo directory: AbsolutePath?) {
        if name.starts(with: Array("json:".utf8)) {
            do throws(JSONError) {
                self = .node(OptionTree(try JSONValue(parsing: Array(name.dropFirst("json:".utf8.count)))))
            } catch {
                self = .malformed("a json: name that is \(error)")
            }
            return
        }
        guard let prefix = ImageName.protocolPrefix(of: name) else {
            self = ImageName.joined(name, to: directory)
            return
        }
        let rest = Array(name.dropFirst(prefix.utf8.count + 1))
        switch prefix {
        case "file": self = ImageName.joined(rest, to: directory)
        case "host_device", "host_cdrom": self = .device(rest)
        default: self = .remote(protocol: String(prefix.prefix(32)))
        }
    }

    /// What stands before a `:` that no `/` comes before: QEMU takes it for the name of a protocol.
    static func protocolPrefix(of name: [UInt8]) -> String? {
        guard let end = name.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == slash }), name[end] != slash else {
            return nil
        }
        return escaped(name[..<end])
    }

    private static func joined(_ name: [UInt8], to directory: AbsolutePath?) -> ImageName {
        if name.starts(with: Array("/dev/fdset/".utf8)) { return .passedDescriptor }
        if name.first == slash { return .path(name) }
        guard !name.isEmpty else { return .malformed("an empty name") }
        guard let directory else {
            return .malformed("the relative name `\(shown(name))`, and nobody knows what it is relative to")
        }
        return .path(directory == .root ? [slash] + name : directory.bytes + [slash] + name)
    }
}

let slash = UInt8(ascii: "/")

/// A name, fit to be shown, and not longer than a line of a comment may be.
func shown(_ name: some Collection<UInt8>) -> String {
    escaped(name.prefix(300)) + (name.count > 300 ? "..." : "")
}

/// A name as a string of text that is safe: of options, identifiers and the like.
func shown(_ text: String) -> String { shown(Array(text.utf8)) }
