import Glibc
import HookLinux
import HookSELinux
import TestSupport
import SystemPackage
import Testing

/// On a machine without SELinux; elsewhere these do not run.
@Suite(.enabled(if: !LibSELinux().kernelListsSELinux()))
struct `A machine without SELinux` {
    let selinux = LibSELinux()

    @Test func `ends the start under require, and goes on under if-enabled`() throws {
        let found = failure { () throws(LabelStartupFailure) in try LabelCheck(.require, through: selinux) }
        #expect(found == .selinuxIsOff)
        #expect(try LabelCheck(.ifEnabled, through: selinux).mode == .off)
    }

    @Test func `answers no question`() {
        #expect(failure { () throws(Errno) in try selinux.ownContext() } == .invalidArgument)
        #expect(failure { () throws(Errno) in try selinux.isEnforcing() } == .noSuchFileOrDirectory)
        #expect(failure { () throws(Errno) in try selinux.status() } == .noSuchFileOrDirectory)
        #expect(failure { () throws(Errno) in try selinux.classNumber("file") } == .invalidArgument)
        #expect(failure { () throws(Errno) in try selinux.permissionBit("read", ofClass: 1) } != nil)
        #expect(
            failure { () throws(Errno) in
                try selinux.access(of: Context.vm, to: Context.image, classNumber: 1)
            } == .noSuchFileOrDirectory)
    }

    @Test func `has no label for the ends of a socket pair`() throws {
        var ends: [CInt] = [-1, -1]
        let made = unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
        try #require(made == 0)
        let owned = OwnedDescriptor(taking: ends[0])
        let other = OwnedDescriptor(taking: ends[1])
        #expect(
            try PeerContext.read(of: owned.number, through: selinux) == .unlabelled(because: .protocolNotAvailable))
        withExtendedLifetime(other.number) {}
    }

    @Test func `has no label for a file in /proc`() throws {
        let descriptor = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        let owned = OwnedDescriptor(taking: try #require(descriptor >= 0 ? descriptor : nil))
        #expect(try FileContext.read(ofDescriptor: owned.number, through: selinux) == nil)
    }

    @Test func `fails for a descriptor that is none`() {
        let thrown = failure { () throws(Errno) in try FileContext.read(ofDescriptor: 1_000_000, through: selinux) }
        #expect(thrown == .noSuchFileOrDirectory)
    }

    @Test(arguments: ["/proc/self/status", "/dev/null", "/tmp"])
    func `can be asked for the label of what is open with O_PATH, which has no attributes of its own`(
        name: String
    ) throws {
        let pathOnly: CInt = 0o10_000_000
        let descriptor = unsafe open(name, pathOnly | O_CLOEXEC)
        let owned = OwnedDescriptor(taking: try #require(descriptor >= 0 ? descriptor : nil))
        #expect(try FileContext.read(ofDescriptor: owned.number, through: selinux) == nil)
    }
}
