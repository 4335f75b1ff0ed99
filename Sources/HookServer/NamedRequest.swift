/// A request that came by another way than a connection.
package struct NamedRequest: Sendable {
    /// As a connection's client would send it: absolute, or beneath the policy's `directory`.
    package let name: [UInt8]
    /// `O_` flags of an open.
    package let flags: UInt32
    package let operation: NameOperation

    package init(_ operation: NameOperation, name: [UInt8], flags: UInt32 = 0) {
        self.operation = operation
        self.name = name
        self.flags = flags
    }
}
