import Glibc

/// What a test needs could not be made: the test says nothing then about what it is for.
package struct SetUpFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Makes one call of the C library that returns -1 with an `errno` if it fails.
@discardableResult
package func require<Result: FixedWidthInteger & SignedInteger>(
    _ what: @autoclosure () -> String, _ call: () -> Result
) throws -> Result {
    errno = 0
    let result = call()
    let code = errno
    guard result != -1 else { throw SetUpFailure("\(what()): \(unsafe String(cString: strerror(code)))") }
    return result
}

/// Looks again and again, up to 20 seconds, for something that another process or thread will bring about.
///
/// - Returns: what was found, or `nil`.
package func poll<Found>(_ look: () throws -> Found?) rethrows -> Found? {
    for _ in 0..<10_000 {
        if let found = try look() { return found }
        usleep(2000)
    }
    return nil
}
