package import HookWire
package import SystemPackage

/// Why there is no answer. A refusal is an answer, and no error.
package enum ClientError: Error, Sendable, Equatable {
    /// No connection to the socket of this name could be made.
    case connect(Errno, path: [UInt8])
    /// The descriptor that was given is not a connected UNIX socket of a style that the protocol uses.
    case unsuitableSocket(Errno)
    /// The name cannot be sent: `EINVAL` for a NUL in it, `ENAMETOOLONG`. The connection is as it was.
    case unsendableName(Errno)
    /// The request could not be sent.
    case send(Errno)
    /// The reply could not be received.
    case receive(Errno)
    /// The server closed the connection instead of answering.
    case endOfFile
    /// What came is no reply.
    case violation(ProtocolViolation)
    /// Descriptors came that the protocol does not send; they are closed.
    case surplusDescriptors(Int)
    /// The server granted the request, but its descriptor did not arrive.
    case stripped(StrippedDescriptor)
    /// An earlier error left the connection where a reply could be taken for another request's.
    case unusable
}

/// Why a descriptor that a server granted is not there. The first two are told apart by whether there is room for one.
package enum StrippedDescriptor: Sendable, Equatable {
    /// The kernel kept it back: this process has as many descriptors as it may have.
    case descriptorLimit
    /// The kernel kept it back though there was room: a security module did not let this process have it.
    case securityModule
    /// The kernel kept nothing back: the server sent none.
    case neverSent
}

extension ClientError {
    /// What a program that stands in for `open(2)` reports.
    package var errno: Errno {
        switch self {
        case .connect(let errno, _), .unsuitableSocket(let errno), .unsendableName(let errno), .send(let errno),
            .receive(let errno):
            errno
        case .stripped: .permissionDenied
        case .endOfFile: .connectionReset
        case .violation, .surplusDescriptors: .protocolError
        case .unusable: .socketNotConnected
        }
    }
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .connect(let errno, let path): "cannot connect to '\(Self.printable(path))': \(errno)"
        case .unsuitableSocket(let errno): "not a connected UNIX stream or seqpacket socket: \(errno)"
        case .unsendableName(let errno): "the name cannot be sent: \(errno)"
        case .send(let errno): "cannot send the request: \(errno)"
        case .receive(let errno): "cannot receive the reply: \(errno)"
        case .endOfFile:
            "the server closed the connection without an answer; its audit log says why, if it refused this peer"
        case .violation(let violation): "the server does not speak the open-hook protocol: \(violation)"
        case .surplusDescriptors(let count):
            "the server does not speak the open-hook protocol: \(count) descriptors came where none or one may"
        case .stripped(let cause): "the server opened the file, but its descriptor did not arrive: \(cause)"
        case .unusable: "the connection cannot be used after an earlier error"
        }
    }

    /// Control characters and bytes outside ASCII are escaped, so that a message stays one line on any terminal.
    private static func printable(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            (0x20...0x7e).contains(byte) ? String(Unicode.Scalar(byte)) : "\\x" + hexadecimal(byte)
        }.joined()
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

extension StrippedDescriptor: CustomStringConvertible {
    package var description: String {
        switch self {
        case .descriptorLimit:
            "this process has reached its limit of open files (ulimit -n)"
        case .securityModule:
            """
            this process has room for it, so the kernel's security policy most likely withheld it (SELinux: \
            allow this domain the file, and fd use of the server's; see the AVC records)
            """
        case .neverSent:
            "the server sent none, which is a fault of the server"
        }
    }
}
