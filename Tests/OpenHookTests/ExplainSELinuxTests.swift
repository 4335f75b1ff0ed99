import Foundation
import Testing

/// `openhook explain --selinux-policy`: a policy binary, and no SELinux kernel.
struct ExplainSELinuxTests {
    private static let vm = "system_u:system_r:svirt_t:s0:c1,c2"

    private let scene: Scene
    /// A policy as small as can be, compiled.
    private let selinux: String

    init() throws {
        scene = try Scene(
            """
                allow rw disk.qcow2 label system_u:object_r:svirt_image_t:${level}
                allow rw foreign label system_u:object_r:svirt_image_t:s0:c3,c4
                allow ro base/*.qcow2 label system_u:object_r:virt_image_t:s0
                allow rw base/shared label system_u:object_r:virt_image_t:s0
                allow rw plain
                allow rw snap-* label system_u:object_r:svirt_image_t:${level} create
                allow rw base/new create
                allow rw odd label system_u:object_r:nobody_knows_t:s0
                allow rw learned
                learn rw create learned
            """ + "\n")
        selinux = scene.top.appending(component: "selinux").path
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(components: "HookSepolTests", "small-policy.conf").path
        let run = try Program.run("/usr/bin/checkpolicy", ["-M", "-o", selinux, source])
        try #require(run.status == 0, "\(run.errors)")
    }

    private func explain(_ name: String, _ options: [String]) throws -> Program.Run {
        try Program.openhook(
            ["explain", scene.policy, scene.name(name), "--peer-label", Self.vm, "--selinux-policy"]
                + [selinux] + options, columns: 200)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let name: String
        let options: [String]
        let status: Int32
        /// What lines that are printed begin with.
        let lines: [String]

        init(_ what: String, _ name: String, _ options: [String], _ status: Int32, _ lines: String...) {
            testDescription = what
            (self.name, self.options, self.status, self.lines) = (name, options, status, lines)
        }
    }

    private static let constraint =
        "mlsconstrain file { ioctl read write create lock append open } "
        + "((h1 dom h2 -Fail-)  or (t1 != mcs_constrained_type -Fail-) );"

    static let rows: [Row] = [
        .init(
            "its own image", "disk.qcow2", ["--access", "rw"], 0,
            "  label    system_u:object_r:svirt_image_t:s0:c1,c2, from the rule", "  SELinux  allows it"),
        .init("the shared base, to be read", "base/golden.qcow2", [], 0, "  SELinux  allows it"),
        .init(
            "another VM's image", "foreign", ["--access", "rw"], 1,
            "  why      SELinux denies { read write lock ioctl open } on system_u:object_r:svirt_image_t:s0:c3,c4 (file) "
                + "to system_u:system_r:svirt_t:s0:c1,c2",
            "  stage    label",
            "  SELinux  a constraint forbids { read write lock ioctl open }: \(constraint)"),
        .init(
            "the shared base, to be written", "base/shared", ["--access", "rw"], 1,
            "  SELinux  no rule allows it: allow svirt_t virt_image_t:file write;"),
        .init(
            "a file server that is closed to VMs", "disk.qcow2",
            ["--access", "rw", "--mount-label", "system_u:object_r:nfs_t:s0"], 1,
            "  why      the kernel would withhold this descriptor: allow svirt_t nfs_t:file { read write } (install the "
        ),
        .init(
            "a server whose descriptors the VM may not have", "disk.qcow2",
            ["--server-label", "system_u:system_r:kernel_t:s0"], 1,
            "  SELinux  no rule allows it: allow svirt_t kernel_t:fd use;"),
        .init(
            "a label of the file's own", "plain", ["--object-label", "system_u:object_r:svirt_image_t:s0:c1"], 0,
            "  label    system_u:object_r:svirt_image_t:s0:c1, the file's own"),
        .init(
            "a label of the file's own that the rule does not have", "disk.qcow2",
            ["--object-label", "system_u:object_r:virt_image_t:s0"], 1,
            "  why    the file's label is system_u:object_r:virt_image_t:s0, not the one that the rule names"),
        .init(
            "no label at all", "plain", ["--mount-label", "system_u:object_r:nfs_t:s0"], 1,
            "  why    the file has no label: add `label CONTEXT` to the rule or its root"),
        .init(
            "a label that only the file knows", "plain", [], 0,
            "  SELinux  not asked: it depends on the file's own label"),
        .init("a new file", "snap-1", ["--access", "rw", "--create"], 0, "  SELinux  allows it"),
        .init(
            "a new file in a directory of another type", "snap-1",
            ["--access", "rw", "--create", "--object-label", "system_u:object_r:virt_image_t:s0"], 1,
            "  SELinux  no rule allows it: allow svirt_t virt_image_t:dir { write add_name };"),
        .init(
            "a new file whose label its directory gives", "base/new",
            ["--access", "rw", "--create", "--object-label", "system_u:object_r:virt_image_t:s0"], 0,
            "  SELinux  not asked: it depends on the label that the host's policy gives to a file made there"),
        .init(
            "a new file that is being learned", "learned",
            ["--access", "rw", "--create", "--object-label", "system_u:object_r:virt_image_t:s0"], 0,
            "  SELinux  not asked: it depends on the label that the host's policy gives to a file made there"),
        .init(
            "a new file that is being learned, where nothing has a label", "learned",
            ["--access", "rw", "--create", "--mount-label", "system_u:object_r:nfs_t:s0"], 1,
            "  why    the file has no label: add `label CONTEXT` to the rule or its root"),
        .init(
            "a label that the SELinux policy lacks", "odd", [], 1,
            "  why    SELinux could not be asked: security_compute_av: EINVAL (Invalid argument): does its policy know both "
                + "labels?"),
    ]

    @Test(arguments: rows)
    func `a question is answered as a kernel with that policy would`(row: Row) throws {
        let run = try explain(row.name, row.options)
        #expect(run.status == row.status)
        #expect(run.errors == "")
        for line in row.lines {
            #expect(run.output.split(separator: "\n").contains { $0.hasPrefix(line) }, "\(run.output)")
        }
    }

    @Test func `programs get each reason apart`() throws {
        let run = try explain("foreign", ["--access", "rw", "--json"])
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let reasons = try #require(report["selinux_reasons"] as? [[String: String]])
        #expect(
            reasons == [
                ["kind": "constraint", "permissions": "read write lock ioctl open", "text": Self.constraint]
            ])
        #expect(report["stage"] as? String == "label")
    }

    @Test(arguments: [
        (["--peer-label", "u:r:nobody_t:s0"], "the policy does not know the label of --peer-label, u:r:nobody_t:s0"),
        (
            ["--peer-label", vm, "--object-label", "u:r:nobody_t:s0"],
            "the policy does not know the label of --object-label, u:r:nobody_t:s0"
        ),
        (
            ["--peer-label", vm, "--server-label", "u:r:nobody_t:s0"],
            "the policy does not know the server's label, u:r:nobody_t:s0: install the policy module, or name another one "
                + "with --server-label"
        ),
    ])
    func `a label that the policy does not know is status 3`(row: (options: [String], message: String)) throws {
        let run = try Program.openhook(
            ["explain", scene.policy, scene.name("disk.qcow2"), "--selinux-policy", selinux] + row.options, columns: 200
        )
        #expect(run.status == 3)
        #expect(run.errors == "openhook: \(selinux): \(row.message)\n")
    }

    @Test func `a file that is no SELinux policy is status 3`() throws {
        let run = try Program.openhook(
            "explain", scene.policy, scene.name("disk.qcow2"), "--peer-label", Self.vm, "--selinux-policy", scene.policy
        )
        #expect(run.status == 3)
        #expect(
            run.errors
                == "openhook: \(scene.policy): not a binary SELinux policy, or one that is newer than this system's libsepol\n"
        )
    }

    @Test(arguments: [
        (["--selinux-policy", "x"], "--selinux-policy goes with --peer-label"),
        (["--object-label", vm], "--object-label goes with --peer-label"),
        (["--peer-label", vm, "--server-label", vm], "--server-label goes with --selinux-policy"),
        (
            ["--peer-label", vm, "--object-label", vm, "--mount-label", vm],
            "--object-label and --mount-label exclude each other"
        ),
    ])
    func `options that make no sense are status 2`(row: (options: [String], message: String)) throws {
        let run = try Program.openhook(["explain", scene.policy, scene.name("disk.qcow2")] + row.options)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("Error: \(row.message)\n"))
    }
}
