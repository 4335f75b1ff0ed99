import HookAuthoring
import HookPolicy

/// A machine that is written down in a few lines:
///
///     file|block|char|directory|fifo|hardlinked PATH
///     link PATH KIND TARGET trusted|changeable       dangling PATH
///     image PATH FORMAT [BACKING FORMAT]             image-data PATH FORMAT DATA
///     volume POOL NAME PATH                          volume-fails POOL NAME REASON
///     group DEVICE NUMBER
///     labels DIRECTORY                               nolabels DIRECTORY
///
/// Of everything else it says that it was not looked at.
struct FakeHost: HostView {
    private var objects: [[UInt8]: Sighting] = [:]
    private var headers: [[UInt8]: (format: [UInt8], header: ImageHeader)] = [:]
    private var volumes: [String: VolumeAnswer] = [:]
    private var groups: [String: Int] = [:]
    private var labelled: [(directory: AbsolutePath, labels: FoundObject.FileLabels)] = []

    init(_ lines: [String]) {
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            if words.count > 1 { read(words) }
        }
    }

    private mutating func read(_ words: [String]) {
        let name = Array(words[1].utf8)
        switch words[0] {
        case "file", "block", "char", "directory", "fifo": objects[name] = .found(FoundObject(Self.kind(words[0])))
        case "hardlinked": objects[name] = .found(FoundObject(.file, names: 2))
        case "dangling": objects[name] = .danglingLink
        case "link":
            objects[name] = AbsolutePath(words[3]).map { target in
                .link(
                    FoundObject(Self.kind(words[2])), at: target,
                    way: words[4] == "trusted" ? .trusted : .changeableByOthers)
            }
        case "image":
            var header = ImageHeader()
            if words.count > 3 {
                header.backingName = Array(words[3..<(words.count - 1)].joined(separator: " ").utf8)
                header.backingFormat = Array(words[words.count - 1].utf8)
            }
            headers[name] = (Array(words[2].utf8), header)
        case "image-data": headers[name] = (Array(words[2].utf8), ImageHeader(dataName: Array(words[3].utf8)))
        case "volume": volumes["\(words[1])/\(words[2])"] = .path(Array(words[3].utf8))
        case "volume-fails":
            volumes["\(words[1])/\(words[2])"] = .failed(words[3...].joined(separator: " "))
        case "group": groups[words[1]] = Int(words[2])
        case "labels", "nolabels":
            guard let directory = AbsolutePath(words[1]) else { return }
            labelled.append((directory, words[0] == "labels" ? .own : .none))
        default: return
        }
    }

    private static func kind(_ word: String) -> FoundObject.Kind {
        switch word {
        case "file": .file
        case "block": .block
        case "char": .char
        case "directory": .directory
        case "fifo": .fifo
        default: .other
        }
    }

    func look(at path: AbsolutePath) -> Sighting {
        let labels = labelled.first { path.isBeneathOrEqual($0.directory) }?.labels
        guard let sighting = objects[path.bytes] else {
            guard let labels else { return .notLooked }
            let known = Array(objects.keys) + Array(headers.keys) + labelled.map { $0.directory.bytes + [0x2F] }
            let isDirectory = known.contains { $0.starts(with: path.bytes + [0x2F]) }
            return .found(FoundObject(isDirectory ? .directory : .file, labels: labels))
        }
        guard let labels, case .found(let object) = sighting else { return sighting }
        return .found(FoundObject(object.kind, names: object.names, labels: labels))
    }

    func header(of path: AbsolutePath, format: [UInt8]) -> HeaderAnswer {
        guard let image = headers[path.bytes] else { return .failed("it is not there") }
        return image.format == format ? .header(image.header) : .failed("qemu-img says: Image is not in that format")
    }

    func path(ofVolume volume: [UInt8], pool: [UInt8]) -> VolumeAnswer {
        let name = String(decoding: pool + Array("/".utf8) + volume, as: UTF8.self)
        return volumes[name] ?? .failed("virsh is not installed (Debian: libvirt-clients)")
    }

    func vfioGroup(of device: VFIODevice) -> VFIOGroup {
        let name =
            switch device {
            case .pci(let address): address
            case .mediated(let uuid): uuid
            }
        return groups[name].map { .group($0) } ?? .missing
    }
}
