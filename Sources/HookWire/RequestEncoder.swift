package import SystemPackage

/// Turns a request into the bytes that a client sends.
package enum RequestEncoder {
    /// The whole message of a request to open, without padding and without a counted NUL.
    ///
    /// - Throws: `EINVAL` for a name with a NUL in it, which `open(2)` cannot say either and a server would cut off at
    ///   the end of the name; `ENAMETOOLONG` if its length does not fit the message. An empty name and one longer than
    ///   `PATH_MAX` are the server's to refuse.
    package static func encode(flags: UInt32, mode: UInt32, name: [UInt8]) throws(Errno) -> [UInt8] {
        guard let nameLength = UInt16(exactly: name.count) else { throw .fileNameTooLong }
        guard !name.contains(0) else { throw .invalidArgument }
        let size = WireLimits.requestHeaderLength + name.count
        var message: [UInt8] = []
        message.reserveCapacity(size)
        message.append(hostOrder: UInt32(size))
        message.append(hostOrder: Command.open)
        message.append(hostOrder: flags)
        message.append(hostOrder: mode)
        message.append(hostOrder: nameLength)
        message.append(contentsOf: name)
        return message
    }
}
