/// Strings as `execve(2)` wants them.
enum CStringArray {
    /// Lends C strings in an array that ends with NULL. What follows a NUL in one of them is joined to what is before.
    static func lend<R>(_ strings: [[UInt8]], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
        let bytes = strings.flatMap { $0.filter { $0 != 0 } + [0] }
        return unsafe bytes.withUnsafeBytes { room in
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            var offset = 0
            for string in strings {
                unsafe pointers.append(room.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self))
                offset += string.count { $0 != 0 } + 1
            }
            unsafe pointers.append(nil)
            return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
        }
    }
}
