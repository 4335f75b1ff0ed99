/// Integers of the protocol: in the byte order of this machine, on which both ends are.
///
/// They are put together byte by byte, so that no read depends on alignment or on a pointer. An offset out of bounds is
/// a bug of the caller's and traps; callers compare lengths first.
extension Span<UInt8> {
    func hostUInt16(at offset: Int) -> UInt16 {
        UInt16(littleEndian: UInt16(self[offset]) | UInt16(self[offset + 1]) << 8)
    }

    func hostUInt32(at offset: Int) -> UInt32 {
        let low = UInt32(self[offset]) | UInt32(self[offset + 1]) << 8
        let high = UInt32(self[offset + 2]) | UInt32(self[offset + 3]) << 8
        return UInt32(littleEndian: low | high << 16)
    }
}

extension [UInt8] {
    mutating func append(hostOrder value: UInt16) {
        let little = value.littleEndian
        append(UInt8(truncatingIfNeeded: little))
        append(UInt8(truncatingIfNeeded: little >> 8))
    }

    mutating func append(hostOrder value: UInt32) {
        let little = value.littleEndian
        for shift: UInt32 in [0, 8, 16, 24] { append(UInt8(truncatingIfNeeded: little >> shift)) }
    }
}
