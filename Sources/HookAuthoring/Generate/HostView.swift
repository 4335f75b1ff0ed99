package import HookPolicy

/// What is to be known of the machine that the VM runs on: the seam between what a VM says of itself and what is there.
package protocol HostView {
    /// What a name leads to.
    func look(at path: AbsolutePath) -> Sighting
    /// What an image's header names. The image is not to be trusted.
    func header(of path: AbsolutePath, format: [UInt8]) -> HeaderAnswer
    /// The path of a storage volume.
    func path(ofVolume volume: [UInt8], pool: [UInt8]) -> VolumeAnswer
    /// The number of the group that a device is in: `/dev/vfio/N`. The device is a directory's name beneath a bus.
    func vfioGroup(of device: VFIODevice) -> VFIOGroup
}

/// What stands at a name.
package enum Sighting: Sendable, Equatable {
    case notLooked
    case missing
    /// The words of the kernel.
    case unreachable(String)
    case found(FoundObject)
    /// A symbolic link, and what it leads to in the end.
    case link(FoundObject, at: AbsolutePath, way: LinkWay)
    /// A symbolic link that leads nowhere.
    case danglingLink
}

package struct FoundObject: Sendable, Equatable {
    package enum Kind: Sendable, Equatable { case file, block, char, directory, fifo, socket, other }

    package let kind: Kind
    /// How many names it has.
    package let names: UInt32
    package let labels: FileLabels

    package init(_ kind: Kind, names: UInt32 = 1, labels: FileLabels = .unknown) {
        self.kind = kind
        self.names = names
        self.labels = labels
    }

    /// Whether files there have labels of their own.
    package enum FileLabels: Sendable, Equatable { case own, none, unknown }
}

/// Who could have made the way over a symbolic link.
package enum LinkWay: Sendable, Equatable {
    /// Root alone.
    case trusted
    case changeableByOthers
}

/// What is in an image's header.
package enum HeaderAnswer: Sendable, Equatable {
    case notAsked
    case header(ImageHeader)
    /// Why not, in words.
    case failed(String)
}

package struct ImageHeader: Sendable, Equatable {
    /// As the header has it; nil without one.
    package var backingName: [UInt8]?
    /// The format that the header says the backing file has; nil if it does not.
    package var backingFormat: [UInt8]?
    /// A file beside that the image keeps its data in (qcow2 `data_file`).
    package var dataName: [UInt8]?

    package init(backingName: [UInt8]? = nil, backingFormat: [UInt8]? = nil, dataName: [UInt8]? = nil) {
        self.backingName = backingName
        self.backingFormat = backingFormat
        self.dataName = dataName
    }
}

package enum VolumeAnswer: Sendable, Equatable {
    case notAsked
    case path([UInt8])
    case failed(String)
}

package enum VFIODevice: Sendable, Equatable {
    /// `0000:06:02.0`
    case pci(String)
    /// The UUID of a mediated device.
    case mediated(String)

    /// The device as the system's files name it.
    var name: String {
        switch self {
        case .pci(let address): address
        case .mediated(let uuid): uuid
        }
    }
}

package enum VFIOGroup: Sendable, Equatable {
    case notLooked
    case group(Int)
    case missing
}

/// A machine that is not looked at (`--offline`).
package struct AbsentHost: HostView {
    package init() {}

    package func look(at path: AbsolutePath) -> Sighting { .notLooked }
    package func header(of path: AbsolutePath, format: [UInt8]) -> HeaderAnswer { .notAsked }
    package func path(ofVolume volume: [UInt8], pool: [UInt8]) -> VolumeAnswer { .notAsked }
    package func vfioGroup(of device: VFIODevice) -> VFIOGroup { .notLooked }
}
