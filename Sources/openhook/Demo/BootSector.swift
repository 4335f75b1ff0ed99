/// 512 bytes that a PC starts: a guest that says so, writes a sector to its own disk, and resets the machine.
enum BootSector {
    /// What the guest prints to its first serial port when it runs.
    static let bootMessage = "GUEST-BOOT-OK"
    /// And when its disk took the sector.
    static let writeMessage = "GUEST-WRITE-OK"
    /// The beginning of the sector behind this one, once the guest has written it.
    static let writtenText = "written by the guest through its own disk"

    /// The firmware puts the sector here.
    private static let origin = 0x7C00
    private static let bootText = 0x60
    private static let writeText = 0x80
    private static let sectorText = 0x100

    static var bytes: [UInt8] {
        var sector = code + printing
        place(bootMessage + "\r\n\0", at: bootText, in: &sector)
        place(writeMessage + "\r\n\0", at: writeText, in: &sector)
        place(writtenText + "\n\0", at: sectorText, in: &sector)
        sector += [UInt8](repeating: 0, count: 510 - sector.count)
        return sector + [0x55, 0xAA]  // what makes a sector one to start from
    }

    private static func place(_ text: String, at offset: Int, in sector: inout [UInt8]) {
        sector += [UInt8](repeating: 0, count: offset - sector.count)
        sector += Array(text.utf8)
    }

    /// A 16-bit address, the low byte first.
    private static func address(_ offset: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: origin + offset), UInt8(truncatingIfNeeded: (origin + offset) >> 8)]
    }

    /// Where `printing` begins, behind the code.
    private static let printOffset = 0x33

    /// A call of `printing`, from an instruction that begins at this offset.
    private static func callPrinting(from offset: Int) -> [UInt8] {
        [0xE8, UInt8(truncatingIfNeeded: printOffset - (offset + 3)), 0]
    }

    private static var code: [UInt8] {
        var code: [UInt8] = [
            0xFA,  // 00  cli
            0x31, 0xC0,  // 01  xor  ax, ax
            0x8E, 0xD8,  // 03  mov  ds, ax
            0x8E, 0xC0,  // 05  mov  es, ax
            0x8E, 0xD0,  // 07  mov  ss, ax
            0xBC, 0x00, 0x7C,  // 09  mov  sp, 0x7c00
            0xFB,  // 0c  sti
            0x52,  // 0d  push dx               ; dl: the disk that the firmware started from
        ]
        code += [0xBE] + address(bootText)  // 0e  mov  si, bootText
        code += callPrinting(from: 0x11)  // 11  call printing
        code += [
            0x5A,  // 14  pop  dx
            0xB6, 0x00,  // 15  mov  dh, 0       ; head 0
            0xB9, 0x02, 0x00,  // 17  mov  cx, 2     ; cylinder 0, sector 2, counted from 1
            0xBB,
        ]
        code += address(sectorText)  // 1a  mov  bx, sectorText
        code += [
            0xB8, 0x01, 0x03,  // 1d  mov  ax, 0x0301 ; write one sector
            0xCD, 0x13,  // 20  int  0x13
            0x72, 0x06,  // 22  jc   2a
        ]
        code += [0xBE] + address(writeText)  // 24  mov  si, writeText
        code += callPrinting(from: 0x27)  // 27  call printing
        return code + [
            0xB0, 0xFE,  // 2a  mov  al, 0xfe
            0xE6, 0x64,  // 2c  out  0x64, al       ; the keyboard controller resets the machine
            0xFA,  // 2e  cli
            0xF4,  // 2f  hlt
            0xEB, 0xFD,  // 30  jmp  2f
            0x90,  // 32  nop
        ]
    }

    /// Prints the text at si, up to a NUL, to the first serial port.
    private static let printing: [UInt8] = [
        0xAC,  // 33  lodsb
        0x84, 0xC0,  // 34  test al, al
        0x74, 0x12,  // 36  jz   4a
        0x88, 0xC4,  // 38  mov  ah, al
        0xBA, 0xFD, 0x03,  // 3a  mov  dx, 0x3fd   ; line status
        0xEC,  // 3d  in   al, dx
        0xA8, 0x20,  // 3e  test al, 0x20           ; room for a byte
        0x74, 0xFB,  // 40  jz   3d
        0x88, 0xE0,  // 42  mov  al, ah
        0xBA, 0xF8, 0x03,  // 44  mov  dx, 0x3f8   ; data
        0xEE,  // 47  out  dx, al
        0xEB, 0xE9,  // 48  jmp  33
        0xC3,  // 4a  ret
    ]
}
