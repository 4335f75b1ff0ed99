internal import HookLinux
package import HookPolicy
internal import HookServer
internal import SystemPackage

/// The machine that this program runs on.
package struct LiveHost: HostView {
    private let mounts = MountTable()

    package init() {}

    // MARK: Names

    package func look(at path: AbsolutePath) -> Sighting {
        do throws(Errno) {
            let name = try SystemPath(path.bytes)
            guard try FileStatus.named(name).kind == .symbolicLink else { return .found(try object(at: name)) }
            return try follow(name)
        } catch {
            return error == .noSuchFileOrDirectory || error == .notDirectory
                ? .missing : .unreachable(error.described)
        }
    }

    private func follow(_ name: SystemPath) throws(Errno) -> Sighting {
        let target: OwnedDescriptor
        do throws(Errno) { target = try NamedObject.open(name) } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
            return .danglingLink
        }
        var real = SystemPath()
        try DescriptorDirectory(of: .process).name(of: target, into: &real)
        guard let path = AbsolutePath(real.bytes) else { return .danglingLink }
        return .link(try object(target), at: path, way: Self.way(over: name))
    }

    /// As a server with `symlinks follow` would find it.
    private static func way(over name: SystemPath) -> LinkWay {
        do throws(Errno) {
            _ = try TrustedWay.follow(name, refusingLastLink: false)
            return .trusted
        } catch {
            return .changeableByOthers
        }
    }

    private func object(at name: SystemPath) throws(Errno) -> FoundObject { try object(try NamedObject.open(name)) }

    private func object(_ opened: borrowing OwnedDescriptor) throws(Errno) -> FoundObject {
        let status = try FileStatus.of(opened)
        let kind: FoundObject.Kind =
            switch status.kind {
            case .file: .file
            case .directory: .directory
            case .blockDevice: .block
            case .characterDevice: .char
            case .fifo: .fifo
            case .socket: .socket
            case .symbolicLink, .unknown: .other
            }
        let mount = try? mounts.mount(of: opened.number, status.mount)
        let labels: FoundObject.FileLabels =
            switch mount?.labelling {
            case .perFile, .context: .own
            case .some(.none): .none
            case .some(.unknown), nil: .unknown
            }
        return FoundObject(kind, names: status.linkCount, labels: labels)
    }

    // MARK: Images and volumes

    package func header(of path: AbsolutePath, format: [UInt8]) -> HeaderAnswer {
        let kind: FoundObject.Kind
        switch look(at: path) {
        case .found(let object), .link(let object, _, _): kind = object.kind
        case .missing, .danglingLink: return .failed("it is not there")
        case .unreachable(let reason): return .failed(reason)
        case .notLooked: return .notAsked
        }
        // A FIFO in its place would hold whoever opens it.
        guard kind == .file || kind == .block else { return .failed("it is neither a file nor a block device") }
        guard let tool = ImageTool() else { return .failed("qemu-img is not installed (Debian: qemu-utils)") }
        return tool.header(of: path, format: format, kind: kind)
    }

    package func path(ofVolume volume: [UInt8], pool: [UInt8]) -> VolumeAnswer {
        guard !volume.contains(0), !pool.contains(0) else { return .failed("a name with a NUL") }
        guard let program = LimitedProgram.find("virsh") else {
            return .failed("virsh is not installed (Debian: libvirt-clients)")
        }
        let words =
            ["--readonly", "vol-path"].map { Array($0.utf8) } + [
                Array("--pool=".utf8) + pool, Array("--vol=".utf8) + volume,
            ]
        do throws(LimitedProgram.Failure) {
            let answer = try LimitedProgram(program: program, arguments: words).run()
            let lines = answer.split(separator: UInt8(ascii: "\n"))
            guard let path = lines.first, lines.count == 1 else { return .failed("virsh gives no path") }
            return .path(Array(path))
        } catch {
            return .failed("virsh \(error.text)")
        }
    }

    // MARK: Devices

    package func vfioGroup(of device: VFIODevice) -> VFIOGroup {
        let bus =
            switch device {
            case .pci: "pci"
            case .mediated: "mdev"
            }
        guard !device.name.contains("/") else { return .missing }
        let link = SystemPath(text: "/sys/bus/\(bus)/devices/\(device.name)/iommu_group")
        guard let text = try? NamedObject.linkText(at: link),
            let number = Int(String(decoding: lastComponent(of: text), as: UTF8.self)), number >= 0
        else { return .missing }
        return .group(number)
    }
}
