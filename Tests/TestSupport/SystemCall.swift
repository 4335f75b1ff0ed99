/// Numbers of system calls, for `without-call`.
package enum SystemCall {
    #if arch(x86_64)
        package static let setsockopt = 54
    #elseif arch(arm64)
        package static let setsockopt = 208
    #endif
    package static let openat2 = 437
}
