import Foundation

/// A guest that fits into one sector: it says that it runs, writes itself to another sector, and says that it did.
enum BootSector {
    static let booted = "GUEST-BOOT-OK\n"
    static let written = "GUEST-WRITE-OK\n"
    private static let failed = "GUEST-WRITE-FAILED\n"

    /// Where the copy goes.
    static let copySector = 64
    static let size = 512

    /// 512 bytes for address 0x7c00; BIOS puts the number of the boot drive into DL.
    static let bytes: [UInt8] = {
        let code: [UInt8] = [
            0xFA,  // 7c00  cli
            0x31, 0xC0,  // 7c01  xor  ax, ax
            0x8E, 0xD8,  // 7c03  mov  ds, ax
            0x8E, 0xD0,  // 7c05  mov  ss, ax
            0xBC, 0x00, 0x7C,  // 7c07  mov  sp, 7c00
            0xFB,  // 7c0a  sti
            0x52,  // 7c0b  push dx
            0xBE, 0x51, 0x7C,  // 7c0c  mov  si, booted
            0xE8, 0x17, 0x00,  // 7c0f  call print
            0x5A,  // 7c12  pop  dx
            0xB8, 0x00, 0x43,  // 7c13  mov  ax, 4300      int 13h, AH=43h: extended write
            0xBE, 0x41, 0x7C,  // 7c16  mov  si, packet
            0xCD, 0x13,  // 7c19  int  13
            0xBE, 0x60, 0x7C,  // 7c1b  mov  si, written
            0x73, 0x03,  // 7c1e  jnc  tell
            0xBE, 0x70, 0x7C,  // 7c20  mov  si, failed
            0xE8, 0x03, 0x00,  // 7c23  tell: call print
            0xF4,  // 7c26  rest: hlt
            0xEB, 0xFD,  // 7c27  jmp  rest
            0xAC,  // 7c29  print: lodsb
            0x84, 0xC0,  // 7c2a  test al, al
            0x74, 0x12,  // 7c2c  jz   done
            0x88, 0xC4,  // 7c2e  mov  ah, al
            0xBA, 0xFD, 0x03,  // 7c30  mov  dx, 3fd       COM1: line status
            0xEC,  // 7c33  busy: in al, dx
            0xA8, 0x20,  // 7c34  test al, 20       room for a byte?
            0x74, 0xFB,  // 7c36  jz   busy
            0x88, 0xE0,  // 7c38  mov  al, ah
            0xBA, 0xF8, 0x03,  // 7c3a  mov  dx, 3f8       COM1: data
            0xEE,  // 7c3d  out  dx, al
            0xEB, 0xE9,  // 7c3e  jmp  print
            0xC3,  // 7c40  done: ret
        ]
        let packet: [UInt8] = [
            16, 0,  // 7c41  packet: its length
            1, 0,  // one sector,
            0x00, 0x7C, 0, 0,  // from 0000:7c00,
            UInt8(copySector), 0, 0, 0, 0, 0, 0, 0,  // to this one
        ]
        let texts = [booted, written, failed].flatMap { text -> [UInt8] in Array(text.utf8) + [0] }  // 7c51, 7c60, 7c70
        let used = code + packet + texts
        return used + [UInt8](repeating: 0, count: size - 2 - used.count) + [0x55, 0xAA]
    }()

    /// Whether a disk, as bytes, has the copy that the guest writes.
    static func wasCopied(in disk: Data) -> Bool {
        disk.dropFirst(copySector * size).prefix(size).elementsEqual(bytes)
    }

    /// A disk with the guest on it, and nothing else.
    static func disk(megabytes: Int) -> Data {
        Data(bytes) + Data(count: megabytes << 20 - size)
    }
}
