extension [UInt8] {
    /// Puts other bytes in place of these. The storage is kept, so that nothing is allocated in the long run.
    mutating func replace(with bytes: borrowing Span<UInt8>) {
        // As long as the one before: a guest asks for the same name again and again.
        if count == bytes.count {
            unsafe withUnsafeMutableBytes { room in unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0) } }
            return
        }
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
