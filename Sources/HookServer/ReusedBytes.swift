extension [UInt8] {
    /// Puts other bytes in place of these. The storage is kept, so that nothing is allocated in the long run.
    mutating func replace(with bytes: borrowing Span<UInt8>) {
        removeAll(keepingCapacity: true)
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
