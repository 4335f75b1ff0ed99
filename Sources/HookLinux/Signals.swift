internal import CLinux
package import SystemPackage

/// The signals that the broker knows (signal(7)); their numbers are the same on x86-64 and arm64.
package enum Signal: Int32, Sendable {
    case hangUp = 1
    case interrupt = 2
    case kill = 9
    case pipe = 13
    case terminate = 15
}

/// Signals as something to wait for, beside sockets. `signalfd(2)`.
package struct SignalDescriptor: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    /// Blocks the signals for the calling thread and those that it starts from now on: so this comes first.
    package init(_ signals: [Signal]) throws(Errno) {
        let numbers = signals.map(\.rawValue)
        descriptor = OwnedDescriptor(
            taking: try check(unsafe numbers.withUnsafeBufferPointer { unsafe oh_signalfd($0.baseAddress, $0.count) }))
    }

    /// The next signal that came, if one did.
    package borrowing func next() -> Signal? {
        Signal(rawValue: oh_read_signal(descriptor.number))
    }

    /// A peer that vanished is an errno (`EPIPE`), not the end of the process. `signal(2)`.
    package static func ignoreBrokenPipes() {
        _ = oh_ignore_signal(Signal.pipe.rawValue)
    }
}
