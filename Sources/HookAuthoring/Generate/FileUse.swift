package import HookPolicy

/// One file that a VM uses, and how.
package struct FileUse: Sendable, Equatable {
    /// As the source has it.
    package var name: [UInt8]
    package var access: Access
    package var part: Part
    /// What it is to the VM, in a few words: `disk vda`.
    package var role: String
    package var form = Form.unknown
    package var creation = CreationNeed.never
    package var chain = Chain.none
    package var sharing = Sharing.exclusive
    package var origin = Origin.configuration
    /// The label that the source gives to this very file.
    package var label: [UInt8]?

    package init(_ name: [UInt8], _ access: Access, _ part: Part, _ role: String, form: Form = .unknown) {
        self.name = name
        self.access = access
        self.part = part
        self.role = role
        self.form = form
    }

    /// The part of a policy that it belongs to, in the order in which a person would write them.
    package enum Part: Int, Sendable, Comparable, CaseIterable {
        case disks, media, firmware, kernel, logs, memory, devices

        package static func < (left: Part, right: Part) -> Bool { left.rawValue < right.rawValue }

        var title: String {
            switch self {
            case .disks: "Disks"
            case .media: "CD-ROMs and floppies"
            case .firmware: "Firmware, and its variables"
            case .kernel: "What is booted directly"
            case .logs: "What QEMU writes"
            case .memory: "Memory"
            case .devices: "Devices of the host"
            }
        }
    }

    /// What the source says the name leads to.
    package enum Form: Sendable, Equatable {
        case file, block, char
        /// It does not say.
        case unknown
    }

    /// Whether QEMU makes the file if it is missing.
    package enum CreationNeed: Sendable, Equatable { case never, ifMissing }

    /// Who says that it is used.
    package enum Origin: Sendable, Equatable {
        /// The domain, or QEMU's options.
        case configuration
        /// An image, or whoever made it.
        case header
    }

    package enum Sharing: Sendable, Equatable {
        case exclusive
        /// Other VMs have it at the same time.
        case shared
    }

    /// Which images an image is based on.
    package indirect enum Chain: Sendable, Equatable {
        /// It is based on none, or is no image.
        case none
        /// What its header names; its format is known from elsewhere, so that no guest can have written the header.
        case inHeader(format: [UInt8])
        /// Its format is not known. A guest may have written a header into a raw image: it is not asked.
        case formatUnknown
        /// The source names them; the image's own header does not count.
        case declared([FileUse])
    }
}
