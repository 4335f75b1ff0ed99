import Glibc
import HookLinux
import SystemPackage
import TestSupport
import Testing

struct OwnedDescriptorTests {
    @Test func `a value closes its descriptor once, at its end`() throws {
        let number: CInt
        do {
            let file = try RootDirectory(ambientPath: "/")
            // Far above what parallel tests open meanwhile.
            let high = try file.descriptor.duplicate(atLeast: 900)
            number = high.number
            #expect(number >= 900)
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        }
        #expect(fcntl(number, F_GETFD) == -1)
    }

    @Test func `a descriptor that was given away is not closed`() throws {
        let number = try RootDirectory(ambientPath: "/").descriptor.duplicate(atLeast: 910).release()
        #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        close(number)
    }

    @Test func `a descriptor that is closed twice stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let descriptor = try RootDirectory(ambientPath: "/").descriptor.duplicate()
            close(descriptor.number)
        }
    }
}
