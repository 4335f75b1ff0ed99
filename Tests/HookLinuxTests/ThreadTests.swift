import Glibc
import HookLinux
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A thread that waits until it is told to do something once.
final class WaitingThread<Value: Sendable> {
    private final class Shared: Sendable {
        let begin = EventCount()
        let value = Mutex<Value?>(nil)
    }

    private let shared = Shared()

    init(_ body: @escaping @Sendable () -> Value) throws(Errno) {
        let shared = shared
        let seen = shared.begin.value
        try Thread.start {
            while shared.begin.value == seen { shared.begin.wait(while: seen, until: nil) }
            let value = body()
            shared.value.withLock { $0 = value }
        }
    }

    func run() -> Value? {
        shared.begin.advance()
        return poll { shared.value.withLock { $0 } }
    }
}

struct EventCountTests {
    @Test func `an advance between the look and the wait ends the wait at once`() {
        let count = EventCount()
        let seen = count.value
        count.advance()
        #expect(count.value != seen)
        count.wait(while: seen, until: nil)
    }

    @Test func `a wait ends at its time`() {
        let count = EventCount()
        let deadline = KernelClock.monotonic() + 1_000_000
        while KernelClock.monotonic() < deadline { count.wait(while: count.value, until: deadline) }
        count.wait(while: count.value, until: 0)
        #expect(KernelClock.monotonic() >= deadline)
    }

    @Test func `all who wait are woken`() throws {
        let gate = Gate()
        for _ in 0..<8 {
            try Thread.start {
                while !gate.isOpen.load(ordering: .acquiring) {
                    let seen = gate.count.value
                    if gate.isOpen.load(ordering: .acquiring) { break }
                    gate.count.wait(while: seen, until: nil)
                }
                gate.passed.add(1, ordering: .releasing)
            }
        }
        gate.isOpen.store(true, ordering: .releasing)
        gate.count.advance()
        #expect(poll { gate.passed.load(ordering: .acquiring) == 8 ? true : nil } == true)
    }

    private final class Gate: Sendable {
        let count = EventCount()
        let isOpen = Atomic<Bool>(false)
        let passed = Atomic<Int>(0)
    }
}

struct SeparateThreadTests {
    @Test func `it has a descriptor table of its own, with its socket alone`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file")
        let socket = try SeparateThread.start { socket in
            let text = (try? Program.descriptors(of: "thread-self")) ?? "?"
            let bytes = Array(text.utf8)
            _ = try? socket.send(bytes.span)
        }
        var room = [UInt8](repeating: 0, count: 4096)
        var span = room.mutableSpan
        let count = try socket.receive(into: &span).count
        // The socket, and the listing's own two while it lists.
        #expect(String(decoding: room.prefix(count), as: UTF8.self).split(separator: " ").count <= 3)
    }

    @Test func `what it opens is not in the process's table, and a descriptor goes over the socket`() throws {
        let scratch = try ScratchDirectory()
        try scratch.file("file", "from the thread")
        let path = SystemPath(text: scratch.path)
        let socket = try SeparateThread.start { socket in
            guard let root = try? RootDirectory(ambientPath: path),
                let object = try? root.resolve(climbing: "file", links: .refuse, mounts: .refuse),
                let table = try? DescriptorDirectory(of: .callingThread),
                let file = try? table.reopen(object, flags: OpenFlag.readOnly)
            else { return }
            let byte: [UInt8] = [1]
            _ = try? socket.send(byte.span, passing: file)
        }
        var room: [UInt8] = [0]
        var span = room.mutableSpan
        var message = try socket.receiveWithDescriptor(into: &span)
        let came = GrantedFile(message.descriptor.take())
        let file = try #require(came)
        #expect(file.read() == "from the thread")
    }

    @Test func `its end is the end of the socket`() throws {
        let socket = try SeparateThread.start { _ in }
        var room: [UInt8] = [0]
        var span = room.mutableSpan
        #expect(try socket.receive(into: &span).count == 0)
    }
}

extension Program {
    /// The numbers of the descriptors of a process or thread of this one.
    fileprivate static func descriptors(of task: String) throws -> String {
        let directory = try RootDirectory(ambientPath: SystemPath(text: "/proc/\(task)/fd"))
        var names: [String] = []
        try DirectoryListing.forEachName(in: directory.descriptor) { name in
            names.append(String(decoding: name.indices.map { name[$0] }, as: UTF8.self))
        }
        return names.joined(separator: " ")
    }
}
