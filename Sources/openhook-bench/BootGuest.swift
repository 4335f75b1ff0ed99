import HookLinux

/// What a VM boots, to its end.
enum BootGuest {
    /// A sector that ends QEMU at once: the shortest boot there is, of which everything beside it is the largest part.
    case sector
    /// A Linux kernel, by its file, which finds no root and panics, and is not booted again.
    case kernel(String)

    var name: String {
        switch self {
        case .sector: "a sector"
        case .kernel(let file): file
        }
    }

    /// With what QEMU ends.
    var status: Int32 {
        switch self {
        case .sector: 1
        case .kernel: 0
        }
    }

    /// QEMU's.
    func arguments(disk: SystemPath, kernel: SystemPath) -> [String] {
        let machine = [
            "-machine", "pc", "-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none",
            "-blockdev", "driver=raw,node-name=disk,file.driver=file,file.filename=\(disk.text)",
            "-device", "ide-hd,drive=disk",
        ]
        switch self {
        case .sector: return machine + ["-m", "16", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
        case .kernel:
            return machine + [
                "-m", "512", "-no-reboot", "-serial", "null", "-kernel", kernel.text,
                "-append", "console=ttyS0 panic=-1",
            ]
        }
    }

    /// `mov dx,f4; mov al,0; out dx,al`: isa-debug-exit ends QEMU with status 1.
    static let disk =
        [0xBA, 0xF4, 0x00, 0xB0, 0x00, 0xEE, 0xF4] + [UInt8](repeating: 0, count: 503) + [0x55, 0xAA]
        + [UInt8](repeating: 0, count: 1 << 20)
}
