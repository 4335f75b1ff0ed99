internal import CLinux
package import SystemPackage

/// Turns what a `CLinux` function returned, a result or `-errno`, into a value or an `Errno`.
///
/// No Swift code of this project reads `errno` after a system call: the C function that made the call returns it, so
/// nothing can run in between and change it.
@inline(__always)
func check(_ result: Int32) throws(Errno) -> Int32 {
    guard result < 0 else { return result }
    throw Errno(rawValue: 0 &- result)
}

@inline(__always)
func check(_ result: Int64) throws(Errno) -> Int64 {
    guard result < 0 else { return result }
    throw Errno(rawValue: CInt(truncatingIfNeeded: 0 &- result))
}

/// Makes a call again as long as a signal interrupts it.
@inline(__always)
func retryingInterrupts<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != Result(0 - Errno.interrupted.rawValue) { return result }
    }
}

/// Runs one call of a C library that reports through `errno`, and captures the `errno` before anything else can run.
///
/// This is the only place of the project that reads `errno`. The closure holds one C call and nothing else.
@inline(never)
package func capturingErrno<Result: FixedWidthInteger & SignedInteger>(
    _ call: () -> Result
) -> Swift.Result<Result, Errno> {
    oh_clear_errno()
    let result = call()
    guard result == -1 else { return .success(result) }
    return .failure(Errno(rawValue: oh_errno()))
}
