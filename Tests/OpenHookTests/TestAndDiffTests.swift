import Foundation
import Testing

struct TestAndDiffTests {
    private func cases(_ scene: Scene, _ text: String) throws -> String {
        let file = scene.top.appending(component: "vm.cases")
        try Data(text.replacing("TOP", with: scene.top.path).utf8).write(to: file)
        return file.path
    }

    private let lines = """
        # What web01 needs.
        allow rw TOP/images/disk.qcow2
        allow create TOP/images/snap-${vm}.qcow2 line 10
        deny ro "TOP/images/base/private"   line vm.policy:11
        deny ro TOP/images/disk.qcow2
        allow rw TOP/images/base/golden.qcow2
        deny rw TOP/images/other line 3

        """

    @Test func `each case that is not as expected is told`() throws {
        let scene = try Scene()
        let run = try Program.openhook("test", scene.policy, try cases(scene, lines))
        #expect(run.status == 1)
        #expect(
            scene.shortened(run.output) == """
                FAIL TOP/vm.cases:5: deny ro TOP/images/disk.qcow2
                     granted: TOP/vm.policy:8: allow rw disk.qcow2
                FAIL TOP/vm.cases:6: allow rw TOP/images/base/golden.qcow2
                     refused: TOP/vm.policy:9 grants ro, rw was asked
                     add to TOP/vm.policy after line 11, in root `images`: allow rw base/golden.qcow2
                FAIL TOP/vm.cases:7: deny rw TOP/images/other line 3
                     as expected, but line 3 does not decide: no rule does
                6 cases: 3 as expected, 3 not

                """)
    }

    @Test func `TAP says the same`() throws {
        let scene = try Scene()
        let run = try Program.openhook(
            "test", "--tap", scene.policy, try cases(scene, "allow rw TOP/images/disk.qcow2\n"))
        #expect(run.status == 0)
        #expect(scene.shortened(run.output) == "TAP version 13\n1..1\nok 1 - allow rw TOP/images/disk.qcow2\n")
    }

    @Test func `errors of a file of cases are told with their places`() throws {
        let scene = try Scene()
        let run = try Program.openhook(
            "test", scene.policy, try cases(scene, "alow rw /x\nallow rw /x*\ndeny\nallow rw /x line y\n"))
        #expect(run.status == 2)
        #expect(
            scene.shortened(run.errors) == """
                TOP/vm.cases:1:1: error: unknown word `alow`: a case begins with `allow` or `deny`
                    alow rw /x
                    ^~~~
                TOP/vm.cases:2:10: error: no wildcards here: a name is one name, and `*` is not
                    allow rw /x*
                             ^~~
                TOP/vm.cases:3:1: error: expected `allow|deny [ro|wo|rw] [create] NAME [line N]`
                    deny
                    ^~~~
                TOP/vm.cases:4:18: error: expected the number of a line, or `FILE:N`, not `y`
                    allow rw /x line y
                                     ^
                openhook: the file of cases has errors, so none was tried

                """)
    }

    @Test func `what only a learn statement grants is neither allowed nor denied`() throws {
        let scene = try Scene("learn rw **\n")
        let run = try Program.openhook(
            "test", scene.policy, try cases(scene, "allow rw TOP/images/x\ndeny rw TOP/images/x\n"))
        #expect(run.status == 1)
        #expect(run.output.hasSuffix("2 cases: 0 as expected, 2 not\n"))
    }

    @Test func `a name that no request can have is not denied, but a mistake`() throws {
        let scene = try Scene()
        let run = try Program.openhook(
            "test", scene.policy,
            try cases(scene, "deny ro srv/images/log.txt\ndeny ro TOP/images/log.txt\nallow ro images/disk.qcow2\n"))
        #expect(run.status == 1)
        #expect(
            scene.shortened(run.output) == """
                FAIL TOP/vm.cases:1: deny ro srv/images/log.txt
                     no request can have this name: the name is relative, and the policy has no `directory`
                FAIL TOP/vm.cases:3: allow ro images/disk.qcow2
                     refused: the name is relative, and the policy has no `directory`
                3 cases: 1 as expected, 2 not

                """)
    }

    @Test func `diff says what the new policy grants more and less`() throws {
        let (old, new) = (try Scene(), try Scene())
        try old.write("openhook 1\nvm web01\npeer any\nallow ro /a/*.qcow2\nallow rw /b\n")
        try new.write("openhook 1\nvm web01\npeer any\nallow rw /a/*.qcow2\n")
        let run = try Program.openhook("diff", old.policy, new.policy)
        #expect(run.status == 1)
        #expect(
            run.output.replacing(old.top.path, with: "OLD").replacing(new.top.path, with: "NEW") == """
                more: rw (was ro)  /a/.qcow2
                    new  NEW/vm.policy:4: allow rw /a/*.qcow2
                    old  OLD/vm.policy:4: allow ro /a/*.qcow2
                less: rw  /b
                    new  no rule
                    old  OLD/vm.policy:5: allow rw /b

                """)
        #expect(try Program.openhook("diff", new.policy, new.policy).output == "no difference: both grant the same\n")
    }
}
