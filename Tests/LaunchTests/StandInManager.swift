import Glibc
import HookLinux
import TestSupport

/// Stands in for a service manager: it is told things, and keeps descriptors over a server's end (sd_notify(3)).
final class StandInManager {
    let path: String
    private let socket: OwnedDescriptor
    private(set) var said: [String] = []
    private(set) var kept: [(name: String, descriptor: GrantedDescriptor)] = []

    init(at path: String) throws {
        self.path = path
        socket = OwnedDescriptor(
            taking: try require("socket") { Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | 0o2_000_000, 0) })
        let address = [UInt8(AF_UNIX), 0] + Array(path.utf8) + [0]
        let number = socket.number
        try require("bind \(path)") {
            unsafe address.withUnsafeBytes { bytes in
                unsafe bind(
                    number, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
        }
    }

    /// Takes what has come.
    func listen() {
        while let (text, descriptor) = receive() {
            said.append(text)
            let lines = text.split(separator: "\n")
            guard lines.first == "FDSTORE=1" || lines.first == "FDSTOREREMOVE=1",
                let name = lines.last.map({ String($0.dropFirst("FDNAME=".count)) })
            else { continue }
            if let descriptor { kept.append((name, descriptor)) } else { kept.removeAll { $0.name == name } }
        }
    }

    /// Waits until it has been told something.
    func await(_ text: String) throws {
        let heard = poll { () -> Bool? in
            listen()
            return said.contains(text) ? true : nil
        }
        guard heard == true else { throw SetUpFailure("nobody said \(text): \(said)") }
    }

    /// What a shell has to do before it becomes the server that gets what was kept, as 3, 4, ….
    var activation: String {
        "export LISTEN_PID=$$ LISTEN_FDS=\(kept.count) LISTEN_FDNAMES=\(kept.map(\.name).joined(separator: ":"));"
    }

    private func receive() -> (String, GrantedDescriptor?)? {
        var bytes = [UInt8](repeating: 0, count: 512)
        var control = [UInt8](repeating: 0, count: 64)
        var controlLength = 0
        let number = socket.number
        let count = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe control.withUnsafeMutableBytes { control in
                var vector = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = vector
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    let dontWait: CInt = 0x40
                    let closeOnExec: CInt = 0x4000_0000
                    let count = unsafe recvmsg(number, &message, dontWait | closeOnExec)
                    controlLength = unsafe Int(message.msg_controllen)
                    return count
                }
            }
        }
        guard count >= 0 else { return nil }
        // `struct cmsghdr` is 16 bytes long; the one descriptor is behind it.
        let passed = controlLength < 20 ? nil : control[16..<20].reversed().reduce(CInt(0)) { $0 << 8 | CInt($1) }
        return (
            String(decoding: bytes.prefix(count), as: UTF8.self),
            passed.map { GrantedDescriptor(OwnedDescriptor(taking: $0)) }
        )
    }
}
