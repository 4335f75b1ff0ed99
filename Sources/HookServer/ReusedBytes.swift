extension [UInt8] {
    /// Puts other bytes in place of these. The storage is kept, so that nothing is allocated in the long run.
    mutating func replace(with bytes: borrowing Span<UInt8>) {
        removeAll(keepingCapacity: true)
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension [UInt8]? {
    /// The same; without storage so far, it gets some.
    mutating func replace(with bytes: borrowing Span<UInt8>) {
        if self == nil { self = [] }
        self?.replace(with: bytes)
    }
}
