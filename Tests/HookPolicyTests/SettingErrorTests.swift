import HookPolicy
import Testing

private let beginning = "openhook 1\nvm web01\n"
private let inRoot = "openhook 1\nvm web01\nroot r /srv {\n"

struct SettingErrorTests {
    typealias Row = (what: String, text: String, shown: String)

    private static let rows: [Row] = [
        (
            "an empty file",
            "",
            #"""
            vm.policy:1:1: error: a policy begins with `openhook 1`
            vm.policy:1:1: error: the policy has no `vm` statement
            """#
        ),
        (
            "no version first",
            "vm web01\n",
            #"""
            vm.policy:1:1: error: a policy begins with `openhook 1`
                vm web01
                ^~~~~~~~
            """#
        ),
        (
            "another version",
            "openhook 2\nvm web01\nnonsense\n",
            #"""
            vm.policy:1:10: error: version `2` of the language: only version 1 is known here
                openhook 2
                         ^
            """#
        ),
        (
            "a version that is no number",
            "openhook one\n",
            #"""
            vm.policy:1:10: error: version `one` of the language: only version 1 is known here
                openhook one
                         ^~~
            """#
        ),
        (
            "the version alone on its line",
            "openhook\nvm a\n",
            #"""
            vm.policy:1:1: error: expected `openhook 1`
                openhook
                ^~~~~~~~
            """#
        ),
        (
            "the version twice",
            beginning + "openhook 1\n",
            #"""
            vm.policy:3:1: error: `openhook 1` is the first statement
                openhook 1
                ^~~~~~~~~~
            """#
        ),
        (
            "no vm",
            "openhook 1\n",
            #"""
            vm.policy:1:1: error: the policy has no `vm` statement
                openhook 1
                ^
            """#
        ),
        (
            "a second vm",
            beginning + "vm web02\n",
            #"""
            vm.policy:3:1: error: a second `vm`
                vm web02
                ^~~~~~~~
            vm.policy:2:1: note: the first one is here
                vm web01
                ^~~~~~~~
            """#
        ),
        (
            "a VM's name with a slash",
            "openhook 1\nvm a/b\n",
            #"""
            vm.policy:2:4: error: the name of a VM consists of letters, digits, `.`, `_` and `-`, begins with a letter or a digit, and has at most 64 of them
                vm a/b
                   ^~~
            """#
        ),
        (
            "a VM's name that begins with a dot",
            "openhook 1\nvm .a\n",
            #"""
            vm.policy:2:4: error: the name of a VM consists of letters, digits, `.`, `_` and `-`, begins with a letter or a digit, and has at most 64 of them
                vm .a
                   ^~
            """#
        ),
        (
            "an unknown statement",
            beginning + "alow ro /a\n",
            #"""
            vm.policy:3:1: error: unknown statement `alow`, did you mean `allow`?
                alow ro /a
                ^~~~
            """#
        ),
        (
            "an unknown statement, nothing close",
            beginning + "frobnicate\n",
            #"""
            vm.policy:3:1: error: unknown statement `frobnicate`
                frobnicate
                ^~~~~~~~~~
            """#
        ),
        (
            "a quoted keyword",
            beginning + "\"allow\" ro /a\n",
            #"""
            vm.policy:3:1: error: unknown statement `"allow"`, did you mean `allow`?
                "allow" ro /a
                ^~~~~~~
            """#
        ),
        (
            "a brace alone",
            beginning + "{\n",
            #"""
            vm.policy:3:1: error: `{` stands at the end of the line of its `root`
                {
                ^
            """#
        ),
        (
            "a UUID that is too short",
            beginning + "uuid 4dea22b3\n",
            #"""
            vm.policy:3:6: error: a UUID has 8-4-4-4-12 hexadecimal digits
                uuid 4dea22b3
                     ^~~~~~~~
            """#
        ),
        (
            "an unknown word after selinux",
            beginning + "selinux on\n",
            #"""
            vm.policy:3:9: error: unknown word `on` (there is `require`, `if-enabled`, `off`)
                selinux on
                        ^~
            """#
        ),
        (
            "a word close to one that there is",
            beginning + "selinux ifenabled\n",
            #"""
            vm.policy:3:9: error: unknown word `ifenabled` (there is `require`, `if-enabled`, `off`), did you mean `if-enabled`?
                selinux ifenabled
                        ^~~~~~~~~
            """#
        ),
        (
            "a word too many",
            beginning + "selinux off now\n",
            #"""
            vm.policy:3:13: error: nothing is expected after `selinux require|if-enabled|off`
                selinux off now
                            ^~~
            """#
        ),
        (
            "a word too few",
            beginning + "selinux\n",
            #"""
            vm.policy:3:1: error: expected `selinux require|if-enabled|off`
                selinux
                ^~~~~~~
            """#
        ),
        (
            "a relative directory",
            beginning + "directory srv\n",
            #"""
            vm.policy:3:11: error: the directory is an absolute path: it begins with `/`
                directory srv
                          ^~~
            """#
        ),
        (
            "a wildcard in a directory",
            beginning + "directory /srv/*\n",
            #"""
            vm.policy:3:11: error: the directory has no wildcards: write `\*` for the character `*`
                directory /srv/*
                          ^~~~~~
            """#
        ),
        (
            "`..` in a directory",
            beginning + "directory /srv/../etc\n",
            #"""
            vm.policy:3:11: error: the directory has no component `..`
                directory /srv/../etc
                          ^~~~~~~~~~~
            """#
        ),
        (
            "an empty component in a directory",
            beginning + "directory /srv//x\n",
            #"""
            vm.policy:3:11: error: the directory has no empty component (`//`)
                directory /srv//x
                          ^~~~~~~
            """#
        ),
        (
            "`.` in a directory",
            beginning + "directory /srv/./x\n",
            #"""
            vm.policy:3:11: error: the directory has no component `.`
                directory /srv/./x
                          ^~~~~~~~
            """#
        ),
        (
            "a rate without a burst",
            beginning + "rate 10\n",
            #"""
            vm.policy:3:1: error: expected `rate N burst M|off`
                rate 10
                ^~~~~~~
            """#
        ),
        (
            "a rate of nothing",
            beginning + "rate 0 burst 5\n",
            #"""
            vm.policy:3:6: error: a rate is a number from 1 to 1000000
                rate 0 burst 5
                     ^
            """#
        ),
        (
            "a burst that is no number",
            beginning + "rate 5 burst many\n",
            #"""
            vm.policy:3:14: error: a burst is a number from 1 to 1000000
                rate 5 burst many
                             ^~~~
            """#
        ),
        (
            "a rate that fits no integer",
            beginning + "rate 99999999999999999999 burst 5\n",
            #"""
            vm.policy:3:6: error: a rate is a number from 1 to 1000000
                rate 99999999999999999999 burst 5
                     ^~~~~~~~~~~~~~~~~~~~
            """#
        ),
        (
            "own alone",
            beginning + "own\n",
            #"""
            vm.policy:3:1: error: expected `own ro|rw|socket PATH...`
                own
                ^~~
            """#
        ),
        (
            "own with an access that it does not have",
            beginning + "own wo /x\n",
            #"""
            vm.policy:3:5: error: unknown word `wo` (there is `ro`, `rw`, `socket`)
                own wo /x
                    ^~
            """#
        ),
        (
            "own without a path",
            beginning + "own ro\n",
            #"""
            vm.policy:3:1: error: expected `own ro|rw|socket PATH...`
                own ro
                ^~~~~~
            """#
        ),
        (
            "own with a relative path",
            beginning + "own ro /x y\n",
            #"""
            vm.policy:3:11: error: what QEMU may use is an absolute path: it begins with `/`
                own ro /x y
                          ^
            """#
        ),
        (
            "io_uring with another word",
            beginning + "io_uring deny\n",
            #"""
            vm.policy:3:10: error: unknown word `deny` (there is `allow`)
                io_uring deny
                         ^~~~
            """#
        ),
        (
            "peer alone",
            beginning + "peer\n",
            #"""
            vm.policy:3:1: error: expected `peer label CONTEXT|type TYPE|uid USER|gid GROUP|any`
                peer
                ^~~~
            """#
        ),
        (
            "an unknown kind of peer",
            beginning + "peer user joe\n",
            #"""
            vm.policy:3:6: error: unknown word `user` (there is `label`, `type`, `uid`, `gid`, `any`)
                peer user joe
                     ^~~~
            """#
        ),
        (
            "a peer label that is no context",
            beginning + "peer label svirt_t\n",
            #"""
            vm.policy:3:12: error: `svirt_t` is not a context: a context is written `user:role:type` or `user:role:type:level`
                peer label svirt_t
                           ^~~~~~~
            """#
        ),
        (
            "a level in a peer label",
            beginning + "peer label u:r:t:${level}\n",
            #"""
            vm.policy:3:12: error: `${level}` stands in `label` alone
                peer label u:r:t:${level}
                           ^~~~~~~~~~~~~~
            """#
        ),
        (
            "a peer type that is no type",
            beginning + "peer type a:b\n",
            #"""
            vm.policy:3:11: error: `a:b` is not a type: that is a word such as `svirt_t`
                peer type a:b
                          ^~~
            """#
        ),
        (
            "a peer user with a group",
            beginning + "peer uid joe:kvm\n",
            #"""
            vm.policy:3:10: error: `joe:kvm` cannot be a user: a name or a number is expected
                peer uid joe:kvm
                         ^~~~~~~
            """#
        ),
        (
            "the user number that means none",
            beginning + "peer uid 4294967295\n",
            #"""
            vm.policy:3:10: error: `4294967295` is too high as the number of a user
                peer uid 4294967295
                         ^~~~~~~~~~
            """#
        ),
        (
            "the same peer twice",
            beginning + "peer type a_t\npeer type a_t\n",
            #"""
            vm.policy:4:1: error: the same peer twice
                peer type a_t
                ^~~~~~~~~~~~~
            vm.policy:3:1: note: the first one is here
                peer type a_t
                ^~~~~~~~~~~~~
            """#
        ),
        (
            "any peer beside another one",
            beginning + "peer any\npeer type a_t\n",
            #"""
            vm.policy:3:1: error: `peer any` stands beside another `peer` statement
                peer any
                ^~~~~~~~
            vm.policy:4:11: note: the other one is here
                peer type a_t
                          ^~~
            """#
        ),
    ]

    @Test(arguments: rows)
    func `an error in a setting is shown with its place`(row: Row) {
        #expect(parse(row.text).rendered.joined(separator: "\n") == row.shown)
    }
}
