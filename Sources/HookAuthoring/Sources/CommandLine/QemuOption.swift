/// One option of QEMU's command line, with its argument where it has one.
struct QemuOption {
    /// Without the `-` or `--` in front; empty for a disk image that stands alone.
    let name: String
    let argument: [UInt8]?

    /// Parts words into options.
    static func options(of words: [[UInt8]]) -> [QemuOption] {
        var options: [QemuOption] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard let name = name(of: word) else {
                options.append(QemuOption(name: "", argument: word))
                continue
            }
            let takesArgument = known[name] ?? (rest.first.map { Self.name(of: $0) == nil } ?? false)
            options.append(QemuOption(name: name, argument: takesArgument ? rest.popFirst() : nil))
        }
        return options
    }

    /// `-drive` and `--drive` are the same to QEMU.
    private static func name(of word: [UInt8]) -> String? {
        guard word.first == UInt8(ascii: "-"), word.count > 1 else { return nil }
        let rest = word.dropFirst(word[1] == UInt8(ascii: "-") ? 2 : 1)
        return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
    }

    var isKnown: Bool { name.isEmpty || QemuOption.known[name] != nil }

    /// Whether an option takes an argument: all of QEMU 7.2 to 10.
    static let known: [String: Bool] = {
        let without =
            "h help version S s no-reboot no-shutdown nodefaults no-user-config nographic enable-kvm daemonize snapshot "
            + "no-hpet no-acpi no-fd-bootchk win2k-hack full-screen alt-grab ctrl-grab no-quit no-frame portrait curses "
            + "usb mem-prealloc preconfig only-migratable singlestep old-param semihosting xen-attach xen-domid-restrict "
            + "enable-sync-profile sdl nouserconfig no-kvm no-kvm-irqchip"
        let with =
            "machine M cpu accel smp numa add-fd set global boot m mem-path k audio-help audio audiodev soundhw device "
            + "name uuid fda fdb hda hdb hdc hdd cdrom blockdev drive mtdblock sd pflash fsdev virtfs iscsi usbdevice "
            + "display spice vga g vnc netdev nic net chardev tpmdev kernel append initrd dtb shim compat serial parallel "
            + "monitor qmp qmp-pretty mon debugcon pidfile bios gdb d D seed L loadvm runas chroot icount rtc action "
            + "watchdog watchdog-action echr incoming prom-env semihosting-config sandbox readconfig writeconfig "
            + "trace plugin dump-vmstate object overcommit msg tb-size smbios acpitable fw_cfg option-rom xen-domid "
            + "msg-timestamp virtioserial balloon cap-add run-with smp-cache perfmap async-teardown"
        var table: [String: Bool] = [:]
        for name in without.split(separator: " ") { table[String(name)] = false }
        for name in with.split(separator: " ") { table[String(name)] = true }
        return table
    }()
}
