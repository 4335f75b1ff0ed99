/// What a broker tells a launcher of its policy: all that the wall around QEMU is made from, and no more.
///
/// It travels over the launch channel in a form of its own: a launcher need not be able to read the policy's file.
package struct LaunchTerms: Sendable, Equatable {
    /// A name, or a directory with all beneath it.
    package struct OwnPath: Sendable, Equatable {
        package enum Use: UInt8, Sendable, CaseIterable {
            case readOnly = 1, readWrite, socket
        }

        package let use: Use
        package let path: [UInt8]

        package init(_ use: Use, _ path: [UInt8]) {
            self.use = use
            self.path = path
        }
    }

    /// What refuses a way in (unmodified-QEMU page of the documentation).
    package enum IOUring: UInt8, Sendable { case refused = 0, allowed = 1 }

    /// The VM's name.
    package var vm: [UInt8]
    /// QEMU's label, if the policy pins one (`peer label`).
    package var label: [UInt8]?
    /// The broker's process, which reads QEMU's memory under notification.
    package var broker: Int32
    /// The user that the broker runs as.
    package var brokerUser: UInt32
    package var ioUring: IOUring
    /// `own` statements.
    package var own: [OwnPath]
    /// Who may ask, by `peer uid`; empty: every user.
    package var users: [UInt32]
    /// The same by `peer gid`.
    package var groups: [UInt32]
    /// The names, and the directories, whose opens go to the broker.
    package var managed: [[UInt8]]

    package init(
        vm: [UInt8], label: [UInt8]? = nil, broker: Int32, brokerUser: UInt32, ioUring: IOUring, own: [OwnPath],
        users: [UInt32] = [], groups: [UInt32] = [], managed: [[UInt8]]
    ) {
        self.vm = vm
        self.label = label
        self.broker = broker
        self.brokerUser = brokerUser
        self.ioUring = ioUring
        self.own = own
        self.users = users
        self.groups = groups
        self.managed = managed
    }
}

// MARK: Encoding

extension LaunchTerms {
    /// `u32 broker, u32 brokerUser, u8 ioUring`, then entries: `u8 tag, u16 length, bytes`. The first is the VM's name.
    private enum Tag {
        static let vm: UInt8 = 0x10
        static let label: UInt8 = 0x11
        static let user: UInt8 = 0x12
        static let group: UInt8 = 0x13
        static let managed: UInt8 = 0x20
        // `OwnPath.Use` has the others.
    }

    private static let headLength = 9
    private static let entryHeadLength = 3

    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(hostOrder: UInt32(bitPattern: broker))
        bytes.append(hostOrder: brokerUser)
        bytes.append(ioUring.rawValue)
        Self.add(Tag.vm, vm, to: &bytes)
        if let label { Self.add(Tag.label, label, to: &bytes) }
        for user in users { Self.add(Tag.user, user, to: &bytes) }
        for group in groups { Self.add(Tag.group, group, to: &bytes) }
        for own in own { Self.add(own.use.rawValue, own.path, to: &bytes) }
        for path in managed { Self.add(Tag.managed, path, to: &bytes) }
        return bytes
    }

    private static func add(_ tag: UInt8, _ number: UInt32, to bytes: inout [UInt8]) {
        var value: [UInt8] = []
        value.append(hostOrder: number)
        add(tag, value, to: &bytes)
    }

    private static func add(_ tag: UInt8, _ value: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(tag)
        bytes.append(hostOrder: UInt16(clamping: value.count))
        bytes += value.prefix(Int(UInt16.max))
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Returns: nil for anything else.
    package init?(decoding bytes: borrowing Span<UInt8>) {
        guard bytes.count >= Self.headLength, let ioUring = IOUring(rawValue: bytes[8]) else { return nil }
        self.init(
            vm: [], broker: Int32(bitPattern: bytes.hostUInt32(at: 0)), brokerUser: bytes.hostUInt32(at: 4),
            ioUring: ioUring, own: [], managed: [])
        var start = Self.headLength
        while start < bytes.count {
            guard bytes.count - start >= Self.entryHeadLength else { return nil }
            let length = Int(bytes.hostUInt16(at: start + 1))
            let end = start + Self.entryHeadLength + length
            guard end <= bytes.count else { return nil }
            var value: [UInt8] = []
            for index in start + Self.entryHeadLength..<end { value.append(bytes[index]) }
            guard take(bytes[start], value) else { return nil }
            start = end
        }
        guard !vm.isEmpty else { return nil }
    }

    private mutating func take(_ tag: UInt8, _ value: [UInt8]) -> Bool {
        if tag == Tag.user || tag == Tag.group { return take(number: value, tag) }
        guard !value.isEmpty, !value.contains(0) else { return false }
        switch tag {
        case Tag.vm where vm.isEmpty: vm = value
        case Tag.label where label == nil: label = value
        case Tag.managed: managed.append(value)
        default:
            guard let use = OwnPath.Use(rawValue: tag) else { return false }
            own.append(OwnPath(use, value))
        }
        return true
    }

    private mutating func take(number: [UInt8], _ tag: UInt8) -> Bool {
        guard number.count == 4 else { return false }
        let value = number.span.hostUInt32(at: 0)
        if tag == Tag.user { users.append(value) } else { groups.append(value) }
        return true
    }
}
