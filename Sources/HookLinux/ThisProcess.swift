internal import CLinux
package import SystemPackage

/// What a program sets up for itself at its start.
package enum ThisProcess {
    package static var pid: Int32 { oh_process_id() }
    /// Ends the process at once, whatever its threads do. `_exit(2)`.
    package static func exit(_ status: Int32) -> Never { oh_exit(status) }

    package static var effectiveUser: UInt32 { oh_effective_user() }

    /// Descriptors are closed at exec; a set-user-id program that is executed gains nothing; no core file has names of
    /// a guest's files; a file that the broker creates has the mode that its rule says.
    package static func harden() throws(Errno) {
        _ = try check(oh_set_no_new_privileges())
        _ = try check(oh_disable_core_dumps())
        _ = oh_set_umask(0)
    }

    /// Makes sure that no descriptor which is opened later becomes standard input, output or error: what the program says
    /// there would go to a client, or into a file of a guest.
    package static func openStandardDescriptors() throws(Errno) {
        _ = try check(oh_open_standard_descriptors())
    }

    /// As many descriptors as the hard limit allows: policies have many roots. `setrlimit(2)`.
    package static func raiseDescriptorLimit() throws(Errno) {
        _ = try check(oh_raise_descriptor_limit())
    }

    /// What `ps -T` shows of the calling thread; the first 15 bytes. `prctl(2)`, `PR_SET_NAME`.
    package static func nameThread(_ name: StaticString) {
        _ = unsafe SystemPath(name).withCString { unsafe oh_set_name($0) }
    }

    package static func environment(_ name: StaticString) -> [UInt8]? {
        guard let value = unsafe SystemPath(name).withCString({ unsafe oh_environment($0) }) else { return nil }
        return unsafe bytes(of: value)
    }

    /// The file that this process runs. `readlink(2)` of `/proc/self/exe`.
    package static func executable() throws(Errno) -> SystemPath {
        var path = SystemPath()
        try unsafe path.fill { bytes in
            unsafe oh_readlinkat(currentDirectory, "/proc/self/exe", bytes.baseAddress, bytes.count)
        }
        return path
    }

    /// What the process was started with, its own name first, as bytes: text made of them can lose some.
    package static var arguments: [[UInt8]] {
        (0..<max(0, Int(CommandLine.argc))).map { index in
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { return [] }
            return unsafe bytes(of: argument)
        }
    }

    /// A name that holds in another working directory too. `getcwd(2)`, by way of `/proc/self/cwd`.
    package static func absolute(_ path: SystemPath) throws(Errno) -> SystemPath {
        guard path.isEmpty || path[0] != UInt8(ascii: "/") else { return path }
        var absolute = SystemPath()
        try unsafe absolute.fill { bytes in
            unsafe oh_readlinkat(currentDirectory, "/proc/self/cwd", bytes.baseAddress, bytes.count)
        }
        absolute.appendComponent(path.span)
        return absolute
    }

    /// Takes over a descriptor that this process was started with, and closes it at exec.
    ///
    /// One of the standard three is replaced by /dev/null: its number must not come to mean something else.
    /// - Throws: `EBADF` if there is none of that number.
    package static func inheritedDescriptor(_ number: CInt) throws(Errno) -> OwnedDescriptor {
        guard number >= 0 else { throw .badFileDescriptor }
        guard number < 3 else {
            _ = try check(oh_set_close_on_exec(number, 1))
            return OwnedDescriptor(taking: number)
        }
        let moved = OwnedDescriptor(taking: try check(oh_duplicate(number, 3)))
        _ = try check(oh_close(number))
        try openStandardDescriptors()
        return moved
    }

    static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        var count = 0
        while unsafe text[count] != 0 { count += 1 }
        return unsafe UnsafeBufferPointer(start: text, count: count).map { UInt8(bitPattern: $0) }
    }
}
