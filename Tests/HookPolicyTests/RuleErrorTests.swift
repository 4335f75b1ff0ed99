import HookPolicy
import Testing

private let beginning = "openhook 1\nvm web01\n"
private let inRoot = "openhook 1\nvm web01\nroot r /srv {\n"

struct RuleErrorTests {
    typealias Row = (what: String, text: String, shown: String)

    private static let rows: [Row] = [
        (
            "an unknown access",
            beginning + "allow r /a\n",
            #"""
            vm.policy:3:7: error: unknown access `r` (there is `ro`, `wo`, `rw`)
                allow r /a
                      ^
            """#
        ),
        (
            "allow without a pattern",
            beginning + "allow ro\n",
            #"""
            vm.policy:3:1: error: expected `allow ro|wo|rw PATTERN [CLAUSE...]`
                allow ro
                ^~~~~~~~
            """#
        ),
        (
            "a clause of a deny",
            beginning + "deny ro /a create\n",
            #"""
            vm.policy:3:12: error: `deny` has no clauses
                deny ro /a create
                           ^~~~~~
            """#
        ),
        (
            "learn without a pattern",
            beginning + "learn rw create\n",
            #"""
            vm.policy:3:1: error: expected `learn [ro|rw] [create] PATTERN`
                learn rw create
                ^~~~~~~~~~~~~~~
            """#
        ),
        (
            "a clause of a learn",
            beginning + "learn /a/* mode 0600\n",
            #"""
            vm.policy:3:12: error: nothing is expected after `learn [ro|rw] [create] PATTERN`
                learn /a/* mode 0600
                           ^~~~
            """#
        ),
        (
            "learning to write alone",
            beginning + "learn wo /a\n",
            #"""
            vm.policy:3:7: error: unknown access `wo` (there is `ro`, `rw`)
                learn wo /a
                      ^~
            """#
        ),
        (
            "a clause that is almost one",
            beginning + "allow ro /a symlink inside\n",
            #"""
            vm.policy:3:13: error: unknown clause `symlink`, did you mean `symlinks`?
                allow ro /a symlink inside
                            ^~~~~~~
            """#
        ),
        (
            "several wrong clauses",
            beginning + "allow ro /a frob x y labl create mode 9\n",
            #"""
            vm.policy:3:13: error: unknown clause `frob`
                allow ro /a frob x y labl create mode 9
                            ^~~~
            vm.policy:3:22: error: unknown clause `labl`, did you mean `label`?
                allow ro /a frob x y labl create mode 9
                                     ^~~~
            vm.policy:3:39: error: a mode is an octal number from 0000 to 0777
                allow ro /a frob x y labl create mode 9
                                                      ^
            """#
        ),
        (
            "a clause twice",
            beginning + "allow ro /a create create\n",
            #"""
            vm.policy:3:20: error: a second `create`
                allow ro /a create create
                                   ^~~~~~
            vm.policy:3:13: note: the first one is here
                allow ro /a create create
                            ^~~~~~
            """#
        ),
        (
            "a mode without create",
            beginning + "allow ro /a mode 0600\n",
            #"""
            vm.policy:3:13: error: `mode` without `create`
                allow ro /a mode 0600
                            ^~~~
            """#
        ),
        (
            "a deletion of what is only read",
            beginning + "allow ro /a delete\n",
            #"""
            vm.policy:3:13: error: `delete` with `ro`: only what may be written may be removed
                allow ro /a delete
                            ^~~~~~
            """#
        ),
        (
            "an owner and a limit without create",
            beginning + "allow ro /a owner joe limit 3\n",
            #"""
            vm.policy:3:13: error: `owner` without `create`
                allow ro /a owner joe limit 3
                            ^~~~~
            vm.policy:3:23: error: `limit` without `create`
                allow ro /a owner joe limit 3
                                      ^~~~~
            """#
        ),
        (
            "a mode with more than permissions",
            beginning + "allow ro /a create mode 1777\n",
            #"""
            vm.policy:3:25: error: a mode is an octal number from 0000 to 0777
                allow ro /a create mode 1777
                                        ^~~~
            """#
        ),
        (
            "a limit of nothing",
            beginning + "allow ro /a/* create limit 0\n",
            #"""
            vm.policy:3:28: error: a limit is a number from 1 to 1000000
                allow ro /a/* create limit 0
                                           ^
            """#
        ),
        (
            "a limit over several directories",
            beginning + "allow ro /a/*/b create limit 3\n",
            #"""
            vm.policy:3:24: error: `limit` counts the names in one directory: wildcards in the last component only
                allow ro /a/*/b create limit 3
                                       ^~~~~
            """#
        ),
        (
            "a limit over alternative directories",
            beginning + "allow ro /{a,b}/c* create limit 3\n",
            #"""
            vm.policy:3:27: error: `limit` counts the names in one directory: wildcards in the last component only
                allow ro /{a,b}/c* create limit 3
                                          ^~~~~
            """#
        ),
        (
            "an unknown kind",
            beginning + "allow ro /a kind fifo\n",
            #"""
            vm.policy:3:18: error: unknown kind `fifo` (there is `file`, `block`, `char`)
                allow ro /a kind fifo
                                 ^~~~
            """#
        ),
        (
            "no kind",
            beginning + "allow ro /a kind\n",
            #"""
            vm.policy:3:13: error: expected `kind file|block|char`
                allow ro /a kind
                            ^~~~
            """#
        ),
        (
            "a kind twice",
            beginning + "allow ro /a kind block block\n",
            #"""
            vm.policy:3:24: error: `block` is named twice
                allow ro /a kind block block
                                       ^~~~~
            """#
        ),
        (
            "creating a device",
            beginning + "allow ro /a kind block create\n",
            #"""
            vm.policy:3:13: error: `create` makes regular files, and `kind` does not name `file`
                allow ro /a kind block create
                            ^~~~
            """#
        ),
        (
            "following links to a pattern",
            beginning + "allow ro /a/* symlinks follow\n",
            #"""
            vm.policy:3:15: error: `symlinks follow` needs one exact name: no wildcards, no alternatives
                allow ro /a/* symlinks follow
                              ^~~~~~~~
            """#
        ),
        (
            "following links to alternatives",
            beginning + "allow ro /a/{b,c} symlinks follow\n",
            #"""
            vm.policy:3:19: error: `symlinks follow` needs one exact name: no wildcards, no alternatives
                allow ro /a/{b,c} symlinks follow
                                  ^~~~~~~~
            """#
        ),
        (
            "an unknown word after a symlinks clause",
            beginning + "allow ro /a symlinks on\n",
            #"""
            vm.policy:3:22: error: unknown word `on` (there is `none`, `inside`, `follow`)
                allow ro /a symlinks on
                                     ^~
            """#
        ),
        (
            "an unknown word after hardlinks",
            beginning + "allow ro /a hardlinks yes\n",
            #"""
            vm.policy:3:23: error: unknown word `yes` (there is `allow`)
                allow ro /a hardlinks yes
                                      ^~~
            """#
        ),
        (
            "a rule's label that is no context",
            beginning + "allow ro /a label x\n",
            #"""
            vm.policy:3:19: error: `x` is not a context: a context is written `user:role:type` or `user:role:type:level`
                allow ro /a label x
                                  ^
            """#
        ),
        (
            "a clause without its word",
            beginning + "allow ro /a label\n",
            #"""
            vm.policy:3:13: error: expected `label CONTEXT`
                allow ro /a label
                            ^~~~~
            """#
        ),
    ]

    @Test(arguments: rows)
    func `an error in a rule is shown with its place`(row: Row) {
        #expect(parse(row.text).rendered.joined(separator: "\n") == row.shown)
    }
}
