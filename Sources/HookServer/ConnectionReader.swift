internal import HookAudit
internal import HookLinux
internal import HookWire
internal import Synchronization
internal import SystemPackage

/// Takes requests from a connection, one after the other. One value serves one thread.
struct ConnectionReader: ~Copyable {
    private let connection: Connection
    private let service: Service
    /// Of the last request.
    private(set) var name: [UInt8] = []

    init(_ connection: Connection, _ service: Service) {
        self.connection = connection
        self.service = service
    }

    /// What was received. Its bytes have been consumed.
    enum Frame {
        case request(ReceivedRequest)
        case unknownCommand(UInt32)
    }

    /// A request to open; its name is in `name`.
    struct ReceivedRequest {
        let flags: UInt32
        /// The name is bad: this is the answer.
        let nameError: Errno?
    }

    private enum Failure: Error {
        case violation(ProtocolViolation)
        case rejected(PeerCheck.Rejection)
        case ended
    }

    /// Waits for the next frame. Who sends what he may not, or is not the one who may, is turned away.
    ///
    /// - Returns: `nil` when the connection is over.
    mutating func next(_ admission: inout ConnectionAdmission) -> Frame? {
        do throws(Failure) {
            return try nextFrame(&admission)
        } catch {
            switch error {
            case .violation(let violation): admission.turnAway(.protocolViolation, violation.description)
            case .rejected(let rejection): admission.turnAway(.connectionRefused, rejection.description)
            case .ended: break
            }
            return nil
        }
    }

    private mutating func nextFrame(_ admission: inout ConnectionAdmission) throws(Failure) -> Frame {
        let connection = connection
        return try connection.received.withLock { received throws(Failure) in
            while true {
                let frame: DecodedFrame
                switch connection.socket.style {
                case .seqpacket:
                    let isTruncated = try fill(&received, &admission)
                    do throws(ProtocolViolation) {
                        frame = try RequestDecoder.decodePacket(received.bytes.span, truncated: isTruncated)
                    } catch {
                        throw Failure.violation(error)
                    }
                case .stream:
                    do throws(ProtocolViolation) { frame = try received.bytes.nextFrame() } catch {
                        throw Failure.violation(error)
                    }
                }
                switch frame {
                case .incomplete:
                    _ = try fill(&received, &admission)
                case .open(let request, let length):
                    return .request(take(request, length, nil, &received.bytes))
                case .refusedName(let errno, let request, let length):
                    return .request(take(request, length, errno, &received.bytes))
                case .unknownCommand(let command, let length):
                    received.bytes.consume(length)
                    return .unknownCommand(command)
                }
            }
        }
    }

    private mutating func take(
        _ request: OpenRequest, _ length: Int, _ nameError: Errno?, _ buffer: inout FrameBuffer
    ) -> ReceivedRequest {
        name.replace(with: buffer.span.extracting(request.name.prefix(SystemPath.longest)))
        buffer.consume(length)
        return ReceivedRequest(flags: request.flags, nameError: nameError)
    }

    /// Waits for bytes, and checks who sent them.
    ///
    /// - Returns: whether a packet was longer than the room for it.
    private func fill(
        _ received: inout Connection.Received, _ admission: inout ConnectionAdmission
    ) throws(Failure) -> Bool {
        var isTruncated = false
        var sender: PeerCredentials?
        let count: Int
        do throws(Errno) {
            count = try received.bytes.fill { room throws(Errno) in
                let message = try connection.socket.receive(into: &room)
                isTruncated = message.isTruncated
                sender = message.sender
                if message.closedDescriptors > 0 {
                    service.refusedDescriptors.add(UInt64(message.closedDescriptors), ordering: .relaxed)
                }
                return message.count
            }
        } catch {
            throw .ended
        }
        guard count > 0 else { throw .ended }
        do { try admission.admit(sender: sender) } catch { throw .rejected(error) }
        received.sender = sender
        return isTruncated
    }
}
