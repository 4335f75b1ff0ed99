import HookClient
import HookWire
import SystemPackage
import Testing

@Suite struct ClientErrorTests {
    @Test(arguments: [
        (
            ClientError.connect(.connectionRefused, path: Array("/run/vm.sock".utf8)), Errno.connectionRefused,
            "cannot connect to '/run/vm.sock': Connection refused"
        ),
        (
            .unsuitableSocket(.notSocket), .notSocket,
            "not a connected UNIX stream or seqpacket socket: Socket operation on non-socket"
        ),
        (.unsendableName(.fileNameTooLong), .fileNameTooLong, "the name cannot be sent: File name too long"),
        (.send(.noMemory), .noMemory, "cannot send the request: Cannot allocate memory"),
        (.receive(.noMemory), .noMemory, "cannot receive the reply: Cannot allocate memory"),
        (
            .endOfFile, .connectionReset,
            "the server closed the connection without an answer; its audit log says why, if it refused this peer"
        ),
        (
            .violation(.replyResult(5)), .protocolError,
            """
            the server does not speak the open-hook protocol: the result of a reply is 5, neither 0 nor a negated errno
            """
        ),
        (
            .surplusDescriptors(2), .protocolError,
            """
            the server does not speak the open-hook protocol: 2 descriptors came where none or one may
            """
        ),
        (
            .stripped(.descriptorLimit), .permissionDenied,
            """
            the server opened the file, but its descriptor did not arrive: this process has reached its limit of \
            open files (ulimit -n)
            """
        ),
        (
            .stripped(.securityModule), .permissionDenied,
            """
            the server opened the file, but its descriptor did not arrive: this process has room for it, so the \
            kernel's security policy most likely withheld it (SELinux: allow this domain the file, and fd use of the \
            server's; see the AVC records)
            """
        ),
        (
            .stripped(.neverSent), .permissionDenied,
            """
            the server opened the file, but its descriptor did not arrive: the server sent none, which is a fault of \
            the server
            """
        ),
        (.unusable, .socketNotConnected, "the connection cannot be used after an earlier error"),
    ])
    func `an error says what happened and has an errno`(error: ClientError, errno: Errno, text: String) {
        #expect(error.description == text)
        #expect(error.errno == errno)
    }
}
