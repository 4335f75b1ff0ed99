internal import HookXML

/// Where a device is on the PCI bus.
struct PCIAddress {
    /// As the system's files name it: `0000:06:02.0`.
    let text: String

    /// `<address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/>`; nil if it is none.
    init?(_ address: XMLElement) {
        let most: [(String, UInt32)] = [("domain", 0xFFFF), ("bus", 0xFF), ("slot", 0x1F), ("function", 7)]
        var numbers: [UInt32] = []
        for (name, limit) in most {
            let text = address.attribute(name)?.text ?? "0"
            let number = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
            guard let number, number <= limit else { return nil }
            numbers.append(number)
        }
        func hex(_ number: UInt32, _ width: Int) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        text = "\(hex(numbers[0], 4)):\(hex(numbers[1], 2)):\(hex(numbers[2], 2)).\(hex(numbers[3], 1))"
    }

    /// `06:02.0` or `0000:06:02.0`, as QEMU's options have it.
    init?(option: String) {
        let isAddress = option.utf8.allSatisfy { byte in
            Array("0123456789abcdefABCDEF:.".utf8).contains(byte)
        }
        guard isAddress, option.utf8.count <= 12, option.contains(":"), option.contains(".") else { return nil }
        let colons = option.utf8.count { $0 == UInt8(ascii: ":") }
        text = (colons == 1 ? "0000:" + option : option).lowercased()
    }
}
