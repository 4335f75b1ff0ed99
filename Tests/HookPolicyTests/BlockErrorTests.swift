import HookPolicy
import Testing

private let beginning = "openhook 1\nvm web01\n"
private let inRoot = "openhook 1\nvm web01\nroot r /srv {\n"

struct BlockErrorTests {
    typealias Row = (what: String, text: String, shown: String)

    private static let rows: [Row] = [
        (
            "an include that is not there",
            beginning + "include a/b.policy\n",
            #"""
            vm.policy:3:9: error: cannot read `a/b.policy`: No such file or directory
                include a/b.policy
                        ^~~~~~~~~~
            """#
        ),
        (
            "include alone",
            beginning + "include\n",
            #"""
            vm.policy:3:1: error: expected `include FILE`
                include
                ^~~~~~~
            """#
        ),
        (
            "a root without a brace",
            beginning + "root r /srv\nallow ro a\n}\n",
            #"""
            vm.policy:3:1: error: expected `root NAME DIRECTORY {`
                root r /srv
                ^~~~~~~~~~~
            """#
        ),
        (
            "the name of a root",
            beginning + "root -r /srv {\n}\n",
            #"""
            vm.policy:3:6: error: the name of a root consists of letters, digits, `.`, `_` and `-`, begins with a letter or a digit, and has at most 64 of them
                root -r /srv {
                     ^~
            """#
        ),
        (
            "the directory of a root",
            beginning + "root r srv {\n}\n",
            #"""
            vm.policy:3:8: error: the directory of a root is an absolute path: it begins with `/`
                root r srv {
                       ^~~
            """#
        ),
        (
            "two roots of one name",
            inRoot + "}\nroot r /x {\n}\n",
            #"""
            vm.policy:5:6: error: a second root `r`
                root r /x {
                     ^
            vm.policy:3:1: note: the first one is here
                root r /srv {
                ^~~~~~~~~~~~~
            """#
        ),
        (
            "a block that is not closed",
            inRoot + "allow ro a\n",
            #"""
            vm.policy:3:1: error: this root's block has no `}` at its end
                root r /srv {
                ^~~~~~~~~~~~~
            """#
        ),
        (
            "a root inside a root",
            inRoot + "root s /x {\nallow ro b\n}\nallow ro c\n}\n",
            #"""
            vm.policy:4:1: error: `root` stands outside roots
                root s /x {
                ^~~~
            vm.policy:3:1: note: the block is opened here
                root r /srv {
                ^~~~~~~~~~~~~
            """#
        ),
        (
            "a word too many in a root",
            beginning + "root r /srv x {\n}\n",
            #"""
            vm.policy:3:13: error: nothing is expected between the directory and `{`
                root r /srv x {
                            ^
            """#
        ),
        (
            "a brace that closes nothing",
            beginning + "}\n",
            #"""
            vm.policy:3:1: error: `}` closes nothing
                }
                ^
            """#
        ),
        (
            "a word behind a closing brace",
            inRoot + "} x\n",
            #"""
            vm.policy:4:3: error: `}` stands alone on its line
                } x
                  ^
            """#
        ),
        (
            "a root's statement outside a root",
            beginning + "label a:b:c\n",
            #"""
            vm.policy:3:1: error: `label` stands inside a root
                label a:b:c
                ^~~~~
            """#
        ),
        (
            "a policy's statement inside a root",
            inRoot + "uuid x\n}\n",
            #"""
            vm.policy:4:1: error: `uuid` stands outside roots
                uuid x
                ^~~~
            vm.policy:3:1: note: the block is opened here
                root r /srv {
                ^~~~~~~~~~~~~
            """#
        ),
        (
            "a root's label that is no context",
            inRoot + "label nonsense\n}\n",
            #"""
            vm.policy:4:7: error: `nonsense` is not a context: a context is written `user:role:type` or `user:role:type:level`
                label nonsense
                      ^~~~~~~~
            """#
        ),
        (
            "a root that follows links",
            inRoot + "symlinks follow\n}\n",
            #"""
            vm.policy:4:10: error: `symlinks follow` is a clause of a rule with an exact name, not of a root
                symlinks follow
                         ^~~~~~
            """#
        ),
        (
            "an unknown word after symlinks",
            inRoot + "symlinks yes\n}\n",
            #"""
            vm.policy:4:10: error: unknown word `yes` (there is `none`, `inside`)
                symlinks yes
                         ^~~
            """#
        ),
        (
            "a file system type",
            inRoot + "filesystem nfs/4\n}\n",
            #"""
            vm.policy:4:12: error: `nfs/4` is no type of a file system, such as `nfs4`
                filesystem nfs/4
                           ^~~~~
            """#
        ),
        (
            "a group without a user",
            inRoot + "as :kvm\n}\n",
            #"""
            vm.policy:4:4: error: `:kvm` cannot be a user: a name or a number is expected
                as :kvm
                   ^~~~
            """#
        ),
        (
            "a root's second label",
            inRoot + "label a:b:c\nlabel a:b:c\n}\n",
            #"""
            vm.policy:5:1: error: a second `label`
                label a:b:c
                ^~~~~~~~~~~
            vm.policy:4:1: note: the first one is here
                label a:b:c
                ^~~~~~~~~~~
            """#
        ),
        (
            "an absolute pattern in a root",
            inRoot + "allow ro /srv/a\n}\n",
            #"""
            vm.policy:4:10: error: inside a root a pattern is relative to the root's directory: it does not begin with `/`
                allow ro /srv/a
                         ^~~~~~
            """#
        ),
        (
            "a relative pattern outside roots",
            beginning + "allow ro srv/a\n",
            #"""
            vm.policy:3:10: error: outside a root a pattern is an absolute path: it begins with `/`
                allow ro srv/a
                         ^~~~~
            """#
        ),
        (
            "own rights over a root",
            beginning + "own ro /srv/nfs\nroot r /srv/nfs/images {\n}\n",
            #"""
            vm.policy:3:8: error: QEMU's own rights cannot reach what the policy manages: `/srv/nfs` holds a root
                own ro /srv/nfs
                       ^~~~~~~~
            vm.policy:4:1: note: it is here
                root r /srv/nfs/images {
                ^~~~~~~~~~~~~~~~~~~~~~~~
            """#
        ),
        (
            "own rights inside a root",
            beginning + "own ro /srv/nfs/images/x\nroot r /srv/nfs/images {\n}\n",
            #"""
            vm.policy:3:8: error: QEMU's own rights cannot reach what the policy manages: `/srv/nfs/images/x` lies in a root
                own ro /srv/nfs/images/x
                       ^~~~~~~~~~~~~~~~~
            vm.policy:4:1: note: it is here
                root r /srv/nfs/images {
                ^~~~~~~~~~~~~~~~~~~~~~~~
            """#
        ),
        (
            "own rights to what a rule grants",
            beginning + "own ro /dev/x\nallow ro /dev/x\n",
            #"""
            vm.policy:3:8: error: QEMU's own rights cannot reach what the policy manages: `/dev/x` is granted by a rule
                own ro /dev/x
                       ^~~~~~
            vm.policy:4:1: note: it is here
                allow ro /dev/x
                ^~~~~~~~~~~~~~~
            """#
        ),
        (
            "own rights to write over what a rule grants",
            beginning + "own rw /dev\nallow ro /dev/x\n",
            #"""
            vm.policy:3:8: error: QEMU's own rights cannot reach what the policy manages: `/dev` holds what a rule grants
                own rw /dev
                       ^~~~
            vm.policy:4:1: note: it is here
                allow ro /dev/x
                ^~~~~~~~~~~~~~~
            """#
        ),
    ]

    @Test(arguments: rows)
    func `an error in an include or a root is shown with its place`(row: Row) {
        #expect(parse(row.text).rendered.joined(separator: "\n") == row.shown)
    }
}
