import HookWire

/// A request as bytes, right or wrong in any field, independent of the encoder under test.
struct RawFrame {
    var size: UInt32?
    var command: UInt32 = 1
    var flags: UInt32 = 0
    var mode: UInt32 = 0
    var nameLength: UInt16?
    var name: [UInt8] = Array("/images/disk.raw".utf8)
    var padding: [UInt8] = []

    var bytes: [UInt8] {
        let wholeSize = size ?? UInt32(18 + name.count + padding.count)
        let fields = [wholeSize, command, flags, mode].flatMap(hostBytes)
        return fields + hostBytes(nameLength ?? UInt16(name.count)) + name + padding
    }
}

/// The bytes of an integer in the order of this machine.
func hostBytes(_ value: some FixedWidthInteger & Sendable) -> [UInt8] {
    let little = (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return 1.littleEndian == 1 ? little : little.reversed()
}

/// A header with nothing after it.
func header(size: UInt32, command: UInt32 = 1) -> [UInt8] { hostBytes(size) + hostBytes(command) }

func name(ofLength length: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "n"), count: length) }
