/// A disk image of 1 MiB in QEMU's format qcow2, version 3 (docs/interop/qcow2 of QEMU): the least that is one.
enum Qcow2Image {
    private static let clusterBits: UInt32 = 16
    private static let clusterSize = 1 << 16
    private static let virtualSize: UInt64 = 1 << 20
    /// Nobody else refers to the cluster, so it is written in place.
    private static let copied: UInt64 = 1 << 63

    /// The clusters of the file, in their order.
    private enum Cluster: Int, CaseIterable {
        case header, refcountTable, refcounts, level1, level2, data

        var offset: UInt64 { UInt64(rawValue) << UInt64(clusterBits) }
    }

    /// Where the disk's first sectors are in the file.
    static var dataOffset: Int { Int(Cluster.data.offset) }

    /// The file of a disk that begins with some bytes, at most a cluster of them.
    static func bytes(beginningWith content: [UInt8] = []) -> [UInt8] {
        var file: [UInt8] = []
        for cluster in Cluster.allCases {
            let part = self.content(of: cluster, content).prefix(clusterSize)
            file += part + [UInt8](repeating: 0, count: clusterSize - part.count)
        }
        return file
    }

    private static func content(of cluster: Cluster, _ data: [UInt8]) -> [UInt8] {
        switch cluster {
        case .header: header
        case .refcountTable: bigEndian(Cluster.refcounts.offset)
        case .refcounts: Cluster.allCases.flatMap { _ in bigEndian(UInt16(1)) }
        case .level1: bigEndian(Cluster.level2.offset | copied)
        case .level2: bigEndian(Cluster.data.offset | copied)
        case .data: data
        }
    }

    private static var header: [UInt8] {
        var bytes: [UInt8] = Array("QFI".utf8) + [0xFB]
        bytes += bigEndian(UInt32(3))  // version
        bytes += bigEndian(UInt64(0))  // no backing file
        bytes += bigEndian(UInt32(0))
        bytes += bigEndian(clusterBits)
        bytes += bigEndian(virtualSize)
        bytes += bigEndian(UInt32(0))  // not encrypted
        bytes += bigEndian(UInt32(1))  // entries of the level 1 table
        bytes += bigEndian(Cluster.level1.offset)
        bytes += bigEndian(Cluster.refcountTable.offset)
        bytes += bigEndian(UInt32(1))  // clusters of the refcount table
        bytes += bigEndian(UInt32(0))  // no snapshots
        bytes += bigEndian(UInt64(0))
        bytes += bigEndian(UInt64(0))  // no incompatible, compatible and autoclear features
        bytes += bigEndian(UInt64(0))
        bytes += bigEndian(UInt64(0))
        bytes += bigEndian(UInt32(4))  // refcounts of 16 bits
        return bytes + bigEndian(UInt32(104))  // the header's length; zeros end the extensions behind it
    }

    private static func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) -> [UInt8] {
        stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> Number($0)) }
    }
}
