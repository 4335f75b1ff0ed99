import Foundation
import Testing

/// `openhook generate` as a user meets it.
struct GenerateTests {
    /// A folder with images, and a domain that names them.
    private final class Site {
        let top: URL
        var images: String { top.appending(component: "images").path }
        var domain: String { top.appending(component: "web01.xml").path }

        init() throws {
            top = FileManager.default.temporaryDirectory.appending(component: "openhook-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: top.appending(component: "images"), withIntermediateDirectories: true)
            try Data("disk".utf8).write(to: URL(filePath: "\(images)/web01.img"))
            try Data("iso".utf8).write(to: URL(filePath: "\(images)/tools.iso"))
            try Data(text.utf8).write(to: URL(filePath: domain))
        }

        deinit {
            do { try FileManager.default.removeItem(at: top) } catch { print("not removed: \(top.path): \(error)") }
        }

        var text: String {
            """
            <domain type='qemu'>
              <name>web01</name>
              <devices>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='raw'/>
                  <source file='\(images)/web01.img'/>
                  <target dev='vda'/>
                </disk>
                <disk type='file' device='cdrom'>
                  <source file='\(images)/tools.iso'/>
                  <target dev='sda'/>
                </disk>
              </devices>
            </domain>
            """
        }

        var policy: String {
            """
            # Made by `openhook generate` from the libvirt domain `web01`. Read it before it is used.

            openhook 1

            vm   web01

            peer uid  0
            peer type svirt_tcg_t
            selinux if-enabled

            # Disks
            root images \(images) {
                allow rw web01.img  # disk vda
                allow ro tools.iso  # CD-ROM sda
            }

            """
        }
    }

    @Test func `a domain becomes a policy that check --strict accepts`() throws {
        let site = try Site()
        let file = site.top.appending(component: "web01.policy").path
        let run = try Program.openhook("generate", "--libvirt", site.domain, "--user", "0", "-o", file)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "")
        #expect(
            run.errors == """
                VM web01: 2 rules, written to \(file).
                Next: read it, then `openhook check --strict \(file)`.

                """)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == site.policy)
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o644)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: site.top.path).sorted() == [
                "images", "web01.policy", "web01.xml",
            ])
        let check = try Program.openhook("check", "--strict", file)
        #expect(check.status == 0, "\(check.errors)")
    }

    @Test func `a domain is read from standard input, and the policy printed`() throws {
        let site = try Site()
        let run = try Program.openhook(["generate", "--libvirt", "-", "--user", "0"], input: Data(site.text.utf8))
        #expect(run.status == 0)
        #expect(run.output == site.policy)
        #expect(run.errors == "VM web01: 2 rules.\n")
    }

    @Test func `a file that is there is replaced only with --force`() throws {
        let site = try Site()
        let file = site.top.appending(component: "web01.policy").path
        try Data("mine".utf8).write(to: URL(filePath: file))
        let arguments = ["generate", "--libvirt", site.domain, "--user", "0", "-o", file]
        let refused = try Program.openhook(arguments)
        #expect(refused.status == 3)
        #expect(refused.errors == "openhook: \(file): it is there already: --force replaces it\n")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(try Program.openhook(arguments + ["--force"]).status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == site.policy)
        #expect(try String(contentsOfFile: file + ".orig", encoding: .utf8) == "mine")
    }

    @Test func `a link stays one: with --force what it leads to is replaced`() throws {
        let site = try Site()
        let file = site.top.appending(component: "web01.policy").path
        let link = site.top.appending(component: "link").path
        try Data("mine".utf8).write(to: URL(filePath: file))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "web01.policy")
        let arguments = ["generate", "--libvirt", site.domain, "--user", "0", "--force", "-o"]
        let run = try Program.openhook(arguments + [link])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "web01.policy")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == site.policy)
        #expect(try String(contentsOfFile: file + ".orig", encoding: .utf8) == "mine")
    }

    @Test func `what is no file is not replaced, and a link that leads nowhere is not followed`() throws {
        let site = try Site()
        let link = site.top.appending(component: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere")
        let arguments = ["generate", "--libvirt", site.domain, "--user", "0", "--force", "-o"]
        for (place, reason) in [
            (site.images, "it is no regular file"), (link, "it is a symbolic link that leads nowhere"),
            (site.top.path + "/no/policy", "ENOENT (No such file or directory)"),
        ] {
            let run = try Program.openhook(arguments + [place])
            #expect(run.status == 3)
            #expect(run.errors == "openhook: \(place): \(reason)\n")
        }
    }

    @Test func `programs read the same as JSON`() throws {
        let site = try Site()
        let run = try Program.openhook("generate", "--libvirt", site.domain, "--user", "0", "--json")
        #expect(run.status == 0)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(object["vm"] as? String == "web01")
        #expect(object["policy"] as? String == site.policy)
        #expect(object["not_granted"] as? [String] == [])
        let rules = try #require(object["rules"] as? [[String: Any]])
        #expect(rules.map { $0["path"] as? String } == ["\(site.images)/web01.img", "\(site.images)/tools.iso"])
        #expect(rules.map { $0["access"] as? String } == ["rw", "ro"])
        #expect(rules.map { $0["line"] as? Int } == [13, 14])
    }

    @Test func `the domain that comes with the examples names its disk and its console`() throws {
        let domain = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(components: "policy", "libvirt", "web01.xml")
        let run = try Program.openhook("generate", "--libvirt", domain.path, "--user", "64055")
        // Whether this machine has that disk, too, is the status.
        #expect(run.status < 2, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.contains("vm   web01"))
        #expect(lines.contains { $0.hasPrefix("allow rw /srv/images/web01.qcow2") })
        #expect(lines.contains { $0.hasPrefix("allow wo /var/log/libvirt/qemu/web01-console.log create") })
    }

    @Test func `what is not granted is said, and is the status`() throws {
        let xml =
            "<domain type='kvm'><name>x</name><devices><disk type='file'><source file='/etc/shadow'/></disk></devices></domain>"
        let run = try Program.openhook(["generate", "--libvirt", "-"], input: Data(xml.utf8))
        #expect(run.status == 1)
        #expect(
            run.errors == """
                VM x: 0 rules.
                Not granted:
                  - disk: /etc/shadow lies in /etc, where no VM has files: no rule is made for
                    it

                """)
        #expect(!run.output.contains("allow"))
    }

    @Test(arguments: [
        ([], 2, "Error: say what the VM is: --libvirt FILE, --command-line FILE, --pid PID or --qmp SOCKET"),
        (["--libvirt", "/nowhere.xml"], 3, "openhook: /nowhere.xml: ENOENT (No such file or directory)\n"),
        (["--libvirt", "-"], 2, "openhook: no XML: the document is empty\n"),
        (["--command-line", "/dev/null"], 3, "openhook: /dev/null: it is no regular file; `-` reads standard input\n"),
        (
            ["--libvirt", "-", "--command-line", "-"], 2,
            "Error: --libvirt and --command-line cannot both be standard input"
        ),
        (
            ["--command-line", "/proc/self/cmdline", "--name", "x", "--user", "a/b"], 2,
            "openhook: --user: `a/b` is no name and no number of a user\n"
        ),
        (["--libvirt", "-", "--data-file", "a.raw"], 2, "Error: The value 'a.raw' is invalid for '--data-file"),
        (["--pid", "2147483646"], 3, "openhook: there is no process 2147483646\n"),
        (
            ["--qmp", "/nowhere"], 3,
            "openhook: /nowhere: the monitor cannot be reached: ENOENT (No such file or directory)\n"
        ),
        (["--libvirt", "-", "--within", "images"], 2, "Error: The value 'images' is invalid for '--within <dir>'"),
        (["--libvirt", "-", "--snapshots", "/srv:a/b"], 2, "Error: The value '/srv:a/b' is invalid for"),
    ])
    func `what is no VM, and wrong usage, ends with a reason`(
        row: (arguments: [String], status: Int32, error: String)
    ) throws {
        let run = try Program.openhook(["generate"] + row.arguments)
        #expect(run.status == row.status)
        #expect(run.errors.hasPrefix(row.error), "\(run.errors)")
        #expect(run.output == "")
    }

    /// The shell that waits for the answer is asked about.
    @Test(arguments: ["generate --pid $$", "drift POLICY --pid $$", "drift POLICY --pid $$ --json"])
    func `a process that is no QEMU is no VM`(words: String) throws {
        let scene = try Scene()
        let words = words.replacing("POLICY", with: scene.policy)
        let run = try Program.run("/bin/sh", ["-c", "echo $$; '\(Program.product("openhook"))' \(words); exit $?"])
        let pid = run.output.prefix { $0 != "\n" }
        #expect(run.status == 2)
        #expect(run.errors == "openhook: process \(pid) (sh) is no QEMU\n")
    }

    @Test func `several patterns for snapshots in one directory all become rules`() throws {
        let site = try Site()
        let run = try Program.openhook(
            "generate", "--libvirt", site.domain, "--snapshots", site.images, "--snapshots",
            "\(site.images):${vm}-*.snap", "--snapshots", site.images)
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output.hasSuffix(
                """
                    allow rw web01.img                     # disk vda
                    allow ro tools.iso                     # CD-ROM sda
                    allow rw ${vm}.*      create limit 32  # snapshots
                    allow rw ${vm}-*.snap create limit 32  # snapshots
                }

                """), "\(run.output)")
    }

    @Test func `a pattern for snapshots that is too wide is refused with the check's own words`() throws {
        let site = try Site()
        let run = try Program.openhook("generate", "--libvirt", site.domain, "--snapshots", "/home:*")
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("openhook: the options do not go together: this policy would not be clean\n"))
        #expect(run.errors.contains("warning: a pattern over the system directory `/home`"))
    }

    // MARK: drift

    @Test func `drift is silent about a policy that fits, and names what does not`() throws {
        let site = try Site()
        let file = site.top.appending(component: "web01.policy").path
        _ = try Program.openhook("generate", "--libvirt", site.domain, "--user", "0", "-o", file)
        let fits = try Program.openhook("drift", file, "--libvirt", site.domain)
        #expect(fits.status == 0)
        #expect(fits.output == "\(file): agrees with the libvirt domain `web01`.\n")

        let changed = site.text.replacing("tools.iso", with: "other.iso")
        let drift = try Program.openhook(
            ["drift", file, "--libvirt", "-"], input: Data(changed.utf8), columns: 160)
        #expect(drift.status == 1)
        #expect(
            drift.output.replacing(site.top.path, with: "TOP") == """
                used, not granted: ro TOP/images/other.iso
                  for  CD-ROM sda
                  why  no rule grants anything on TOP/images/other.iso
                  do   add to TOP/web01.policy after line 14, in root `images`: allow ro other.iso
                granted, not used: allow ro tools.iso
                  rule  TOP/web01.policy:14

                """)
        let json = try Program.openhook(["drift", file, "--libvirt", "-", "--json"], input: Data(changed.utf8))
        #expect(json.status == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["agrees"] as? Bool == false)
        let needs = try #require(object["used_not_granted"] as? [[String: String]])
        #expect(needs.map { $0["name"] } == ["\(site.images)/other.iso"])
        let surplus = try #require(object["granted_not_used"] as? [[String: String]])
        #expect(surplus.map { $0["text"] } == ["allow ro tools.iso"])
    }

    @Test func `drift of a policy with errors ends with status 2`() throws {
        let site = try Site()
        let file = site.top.appending(component: "broken.policy").path
        try Data("openhook 1\n".utf8).write(to: URL(filePath: file))
        let run = try Program.openhook("drift", file, "--libvirt", site.domain)
        #expect(run.status == 2)
        #expect(run.errors.contains("the policy has no `vm` statement"))
    }
}
