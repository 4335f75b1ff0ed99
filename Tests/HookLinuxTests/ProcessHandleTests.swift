import HookLinux
import SystemPackage
import TestSupport
import Testing

struct ProcessHandleTests {
    @Test func `a process is itself as long as it runs`() throws {
        let child = try shell("while :; do sleep 100; done")
        let handle = try ProcessHandle(pid: child.pid)
        #expect(handle.isRunning() == true)
        #expect(handle.isProcess(numbered: child.pid) == true)
        #expect(handle.isProcess(numbered: ThisProcess.pid) == false)
        #expect(handle.isProcess(numbered: 0) == false)
        try handle.send(signal: .kill)
        // Not yet waited for, it has its number still, and has ended all the same.
        #expect(poll { handle.isRunning() ? nil : true } == true)
        #expect(handle.isProcess(numbered: child.pid) == false)
        #expect(try child.wait() == .signalled(9))
        #expect(handle.isRunning() == false)
        #expect(failure { () throws(Errno) in try handle.send(signal: .kill) } == .noSuchProcess)
        #expect(failure { () throws(Errno) in _ = try ProcessHandle(pid: child.pid) } == .noSuchProcess)
    }

    @Test(arguments: [Int32(0), -1, .min]) func `a number that is none is an error`(pid: Int32) {
        #expect(failure { () throws(Errno) in _ = try ProcessHandle(pid: pid) } == .invalidArgument)
    }
}
