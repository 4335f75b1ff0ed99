import Foundation
import Testing

struct CheckTests {
    @Test func `a good policy is called good`() throws {
        let scene = try Scene()
        let run = try Program.openhook("check", scene.policy)
        #expect(run.status == 0)
        #expect(scene.shortened(run.output).hasPrefix("TOP/vm.policy: good. VM web01, 4 rules, 1 root.\n"))
        #expect(run.errors == "")
    }

    @Test func `all errors of the text are shown, each with its place`() throws {
        let scene = try Scene()
        try scene.write("openhook 1\nvm web 01\nselinux maybe\nrot x /y {\nallow rw /b symlink inside\n")
        let run = try Program.openhook("check", scene.policy)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(
            scene.shortened(run.errors) == """
                TOP/vm.policy:2:8: error: nothing is expected after `vm NAME`
                    vm web 01
                           ^~
                TOP/vm.policy:3:9: error: unknown word `maybe` (there is `require`, `if-enabled`, `off`)
                    selinux maybe
                            ^~~~~
                TOP/vm.policy:4:1: error: unknown statement `rot`, did you mean `root`?
                    rot x /y {
                    ^~~
                TOP/vm.policy:5:13: error: unknown clause `symlink`, did you mean `symlinks`?
                    allow rw /b symlink inside
                                ^~~~~~~

                TOP/vm.policy: not good: 4 errors

                """)
    }

    @Test func `users and roots that are not there are errors, in the order of the text`() throws {
        let scene = try Scene()
        try scene.write(
            "openhook 1\nvm a\nselinux off\npeer uid nosuchuser\nroot gone /no/such/folder {\n    as nosuchuser\n"
                + "    allow rw x\n}\n")
        let run = try Program.openhook("check", scene.policy)
        #expect(run.status == 2)
        #expect(
            scene.shortened(run.errors) == """
                TOP/vm.policy:4:10: warning: a peer's user alone does not part VMs that run as the same user: \
                add `peer label` or `peer type`
                    peer uid nosuchuser
                             ^~~~~~~~~~
                TOP/vm.policy:4:10: error: unknown user: `useradd --system nosuchuser` makes it
                    peer uid nosuchuser
                             ^~~~~~~~~~
                TOP/vm.policy:5:1: error: the directory of this root cannot be opened: ENOENT (No such file or directory)
                    root gone /no/such/folder {
                    ^~~~~~~~~~~~~~~~~~~~~~~~~~~
                TOP/vm.policy:6:8: error: unknown user: `useradd --system nosuchuser` makes it
                        as nosuchuser
                           ^~~~~~~~~~

                TOP/vm.policy: not good: 3 errors, 1 warning
                note: `selinux off`: no label is checked.

                """)
    }

    @Test func `a warning is no error, unless it is asked for`() throws {
        let scene = try Scene(settings: "vm web01\nselinux off\npeer uid 0")
        #expect(try Program.openhook("check", scene.policy).status == 0)
        #expect(try Program.openhook("check", "--strict", scene.policy).status == 2)
    }

    @Test func `the normal form is a policy with the same normal form`() throws {
        let scene = try Scene()
        let first = try Program.openhook("check", "--print", scene.policy)
        #expect(first.status == 0)
        #expect(first.output.hasPrefix("openhook 1\n\nvm web01\nselinux if-enabled\npeer any\n"))
        try scene.write(first.output)
        #expect(try Program.openhook("check", "--print", scene.policy).output == first.output)
    }

    @Test func `JSON has every diagnostic`() throws {
        let scene = try Scene()
        try scene.write("openhook 1\nvm web01\nrot\n")
        let run = try Program.openhook("check", "--json", scene.policy)
        #expect(run.status == 2)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(report["good"] as? Bool == false)
        #expect(report["errors"] as? Int == 1)
        let diagnostics = try #require(report["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.map { $0["line"] as? Int } == [3])
        #expect(diagnostics.first?["suggestion"] as? String == "root")
    }

    @Test func `a policy that others can write is no server's, unless it is asked for`() throws {
        let scene = try Scene()
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: scene.policy)
        let run = try Program.openhook("check", scene.policy)
        #expect(run.status == 2)
        #expect(
            scene.shortened(run.errors) == """
                openhook: TOP/vm.policy: the policy is not used: others than its owner can write it (mode 666); \
                --allow-writable-policy overrides this

                """)
        #expect(try Program.openhook("check", "--allow-writable-policy", scene.policy).status == 0)
    }

    @Test func `a policy that is not there is an error`() throws {
        let run = try Program.openhook("check", "/no/such/policy")
        #expect(run.status == 2)
        #expect(
            run.errors
                == "openhook: /no/such/policy: the policy cannot be read: ENOENT (No such file or directory)\n")
    }

    /// Settings with which no server listens, and why.
    static let unnamed: [(String, String)] = [
        (
            "vm web01\nselinux off",
            "the policy says nowhere who may ask: add `peer uid USER`, or `peer gid GROUP`."
        ),
        (
            "vm web01\nselinux off\npeer type svirt_t",
            "the policy says nowhere who may ask, because no label is checked, and `peer label` and `peer type` name "
                + "nobody then: add `peer uid USER`, or `peer gid GROUP`."
        ),
    ]

    @Test(.enabled(if: !FileManager.default.fileExists(atPath: "/sys/fs/selinux/enforce"), "this host has SELinux"))
    func `a policy that requires SELinux is good, and no server's here`() throws {
        let scene = try Scene(settings: "vm web01\nselinux require\npeer type svirt_t")
        let run = try Program.openhook("check", scene.policy)
        #expect(run.status == 0)
        #expect(run.output.contains("\nnote: openhookd would not start on this system: "), "\(run.output)")
        #expect(!run.output.contains("--peer-pid"))
        #expect(try Program.openhook("check", "--strict", scene.policy).status == 1)
    }

    @Test(arguments: unnamed)
    func `a policy that names nobody is good, and it is said that no server listens with it`(
        settings: String, why: String
    ) throws {
        let scene = try Scene(settings: settings)
        let run = try Program.openhook("check", scene.policy)
        #expect(run.status == 0)
        let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let note = "note: openhookd --socket would not start on this system without --peer-pid PID: \(why)"
        #expect(words.contains(note), "\(words)")
        #expect(try Program.openhook("check", "--strict", scene.policy).status == 1)
    }
}
