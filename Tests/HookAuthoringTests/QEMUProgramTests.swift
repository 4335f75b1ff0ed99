import HookQEMU
import Testing

/// Which command lines are QEMU's.
struct QEMUProgramTests {
    @Test(arguments: [
        ["/usr/bin/qemu-system-x86_64", "-name", "web01"], ["qemu-system-aarch64"], ["/usr/libexec/qemu-kvm"], ["kvm"],
        ["/opt/vm/emulator", "-machine", "q35"], ["emulator", "-M", "q35"], ["emulator", "-drive", "file=x"],
        ["emulator", "-S", "--blockdev", "driver=null-co,node-name=x"],
    ])
    func `a program that is called as QEMU is, or has a machine or a drive, is one`(words: [String]) {
        #expect(QEMUProgram.isCalled(by: words))
    }

    @Test(arguments: [
        [], [""], ["/sbin/init"], ["sshd: root@pts/0"], ["qemu-img", "info", "x"], ["/bin/sh", "-c", "kvm"],
        ["kvmtool", "machine"],
    ])
    func `another program is none`(words: [String]) { #expect(!QEMUProgram.isCalled(by: words)) }
}
