/// The options of QEMU's command line, 7.2 to 10: which of them take the next word as their value.
package enum QEMUOptions {
    /// - Parameter name: without its dashes.
    /// - Returns: nil for an option that is not known.
    package static func takesValue(_ name: String) -> Bool? { known[name] }

    /// The name in a word: QEMU takes one dash or two.
    ///
    /// - Returns: nil for a word that is no option.
    package static func name(of word: String) -> String? {
        guard word.hasPrefix("-"), word != "-", word != "--" else { return nil }
        return String(word.dropFirst(word.hasPrefix("--") ? 2 : 1))
    }

    private static let known: [String: Bool] = {
        let without =
            "h help version S s no-reboot no-shutdown nodefaults no-user-config nographic enable-kvm daemonize snapshot "
            + "no-hpet no-acpi no-fd-bootchk win2k-hack full-screen alt-grab ctrl-grab no-quit no-frame portrait curses "
            + "usb mem-prealloc preconfig only-migratable singlestep old-param semihosting xen-attach xen-domid-restrict "
            + "enable-sync-profile enable-fips sdl nouserconfig no-kvm no-kvm-irqchip audio-help async-teardown perfmap"
        let with =
            "machine M cpu accel smp numa add-fd set global boot m mem-path k audio audiodev soundhw device "
            + "name uuid fda fdb hda hdb hdc hdd cdrom blockdev drive mtdblock sd pflash fsdev virtfs iscsi usbdevice "
            + "display spice vga g vnc netdev nic net chardev tpmdev kernel append initrd dtb shim compat serial parallel "
            + "monitor qmp qmp-pretty mon debugcon pidfile bios gdb d D seed L loadvm runas chroot icount rtc action "
            + "watchdog watchdog-action echr incoming prom-env semihosting-config sandbox readconfig writeconfig "
            + "trace plugin dump-vmstate object overcommit msg tb-size smbios acpitable fw_cfg option-rom xen-domid "
            + "msg-timestamp virtioserial balloon cap-add run-with smp-cache"
        var table: [String: Bool] = [:]
        for name in without.split(separator: " ") { table[String(name)] = false }
        for name in with.split(separator: " ") { table[String(name)] = true }
        return table
    }()
}
