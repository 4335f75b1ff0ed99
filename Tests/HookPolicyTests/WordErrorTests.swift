import HookPolicy
import Testing

private let beginning = "openhook 1\nvm web01\n"
private let inRoot = "openhook 1\nvm web01\nroot r /srv {\n"

struct WordErrorTests {
    typealias Row = (what: String, text: String, shown: String)

    private static let rows: [Row] = [
        (
            "the name of a variable",
            beginning + "variable 1x y\n",
            #"""
            vm.policy:3:10: error: the name of a variable consists of letters, digits, `_` and `-`, begins with a letter or `_`, and has at most 64 of them
                variable 1x y
                         ^~
            """#
        ),
        (
            "a predefined variable",
            beginning + "variable vm y\n",
            #"""
            vm.policy:3:10: error: `vm` is predefined
                variable vm y
                         ^~
            """#
        ),
        (
            "a variable defined twice",
            beginning + "variable x y\nvariable x z\n",
            #"""
            vm.policy:4:10: error: the variable `x` is defined twice
                variable x z
                         ^
            vm.policy:3:10: note: the first one is here
                variable x y
                         ^
            """#
        ),
        (
            "an empty variable",
            beginning + "variable x \"\"\n",
            #"""
            vm.policy:3:12: error: the value of a variable is empty
                variable x ""
                           ^~
            """#
        ),
        (
            "an undefined variable",
            beginning + "variable disk a\nallow ro /${dsk}\n",
            #"""
            vm.policy:4:11: error: the variable `dsk` is not defined before this line, did you mean `disk`?
                allow ro /${dsk}
                          ^~~~~~
            """#
        ),
        (
            "the VM's name before it is said",
            "openhook 1\nallow ro /${vm}\nvm web01\n",
            #"""
            vm.policy:2:11: error: `${vm}` stands after the `vm` statement
                allow ro /${vm}
                          ^~~~~
            """#
        ),
        (
            "a variable without an end",
            beginning + "allow ro /${vm\n",
            #"""
            vm.policy:3:11: error: `${` has no closing `}`
                allow ro /${vm
                          ^~
            """#
        ),
        (
            "a dollar alone",
            beginning + "allow ro /a$b\n",
            #"""
            vm.policy:3:12: error: a variable is written `${NAME}`, and the character itself `\$`
                allow ro /a$b
                           ^
            """#
        ),
        (
            "a dollar alone in quotes",
            beginning + "allow ro \"/a$b\"\n",
            #"""
            vm.policy:3:13: error: a variable is written `${NAME}`, and the character itself `\x24`
                allow ro "/a$b"
                            ^
            """#
        ),
        (
            "the level in a path",
            beginning + "allow ro /${level}\n",
            #"""
            vm.policy:3:10: error: `${level}` stands in `label` alone
                allow ro /${level}
                         ^~~~~~~~~
            """#
        ),
        (
            "an escape that there is not",
            beginning + "allow ro /a/\\n\n",
            #"""
            vm.policy:3:13: error: `\n` means nothing in a bare word: `\` stands before `* ? [ ] { } # $ \` or a blank
                allow ro /a/\n
                            ^~
            """#
        ),
        (
            "a backslash at the end",
            beginning + "allow ro /a/\\\n",
            #"""
            vm.policy:3:13: error: a `\` at the end of a word: it is written `\\`
                allow ro /a/\
                            ^
            """#
        ),
        (
            "an escape that there is not in quotes",
            beginning + "allow ro \"/a/\\*\"\n",
            #"""
            vm.policy:3:14: error: `\*` means nothing in quotes: there are `\"`, `\\`, `\n`, `\t` and `\xNN`
                allow ro "/a/\*"
                             ^~
            """#
        ),
        (
            "a hexadecimal escape with one digit",
            beginning + "allow ro \"/a/\\x4\"\n",
            #"""
            vm.policy:3:14: error: `\x` is followed by two hexadecimal digits
                allow ro "/a/\x4"
                             ^~
            """#
        ),
        (
            "an escaped NUL",
            beginning + "allow ro \"/a/\\x00\"\n",
            #"""
            vm.policy:3:14: error: no name has a NUL byte
                allow ro "/a/\x00"
                             ^~~~
            """#
        ),
        (
            "a quote without an end",
            beginning + "allow ro \"/a b\n",
            #"""
            vm.policy:3:10: error: a quoted word has no closing quote on its line
                allow ro "/a b
                         ^~~~~
            """#
        ),
        (
            "a byte behind a quote",
            beginning + "allow ro \"/a\"b\n",
            #"""
            vm.policy:3:14: error: a quoted word ends with its quote: a blank goes here
                allow ro "/a"b
                             ^
            """#
        ),
        (
            "a quote inside a word",
            beginning + "allow ro /a\"b\n",
            #"""
            vm.policy:3:12: error: a quote inside a word: put the whole word in quotes, and `\"` for this one
                allow ro /a"b
                           ^
            """#
        ),
        (
            "a tab in quotes",
            beginning + "allow ro \"/a\tb\"\n",
            #"""
            vm.policy:3:13: error: a tab inside quotes is written `\t`
                allow ro "/a b"
                            ^
            """#
        ),
        (
            "lines that end in CR LF",
            "openhook 1\r\nvm web01\r\nallow ro /a\r\n",
            #"""
            vm.policy:1:11: error: a carriage return ends this line: lines end with a line feed alone (said once for the file)
                openhook 1\x0D
                          ^~~~
            """#
        ),
        (
            "a carriage return inside a line",
            beginning + "allow ro /a\rb\n",
            #"""
            vm.policy:3:12: error: a carriage return cannot stand in a policy
                allow ro /a\x0Db
                           ^~~~
            """#
        ),
        (
            "a NUL byte",
            beginning + "allow ro /a\u{0}b\n",
            #"""
            vm.policy:3:12: error: a NUL byte cannot stand in a policy
                allow ro /a\x00b
                           ^~~~
            """#
        ),
        (
            "a control character in a comment",
            beginning + "allow ro /a # \u{1B}[31m\n",
            #"""
            vm.policy:3:15: error: the control character \x1B cannot stand in a policy
                allow ro /a # \x1B[31m
                              ^~~~
            """#
        ),
        (
            "a word that is longer than a path",
            beginning + "variable a \"" + String(repeating: "b", count: 3000) + "\"\nallow ro /${a}${a}\n",
            #"""
            vm.policy:4:10: error: this word stands for more than 4095 bytes
                allow ro /${a}${a}
                         ^~~~~~~~~
            """#
        ),
        (
            "a line that is too long",
            beginning + "# " + String(repeating: "x", count: 8192) + "\n",
            #"""
            vm.policy:3:1: error: a line is at most 8 KiB long, this one has 8194 bytes
                # xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
                ^
            """#
        ),
        (
            "a long line",
            beginning + "allow ro /a/" + String(repeating: "b", count: 150) + "/../c # comment\n",
            #"""
            vm.policy:3:10: error: a pattern has no component `..`
                allow ro /a/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
                         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
            """#
        ),
        (
            "what is printable, and what is not",
            beginning + "allow ro /ä/\u{202E}x/..\n",
            #"""
            vm.policy:3:10: error: a pattern has no component `..`
                allow ro /ä/\xE2\x80\xAEx/..
                         ^~~~~~~~~~~~~~~~~~~
            """#
        ),
        (
            "errors in several words and lines",
            beginning + "alow ro /a\nallow rx /b/.. creat\nvm\n",
            #"""
            vm.policy:3:1: error: unknown statement `alow`, did you mean `allow`?
                alow ro /a
                ^~~~
            vm.policy:4:7: error: unknown access `rx` (there is `ro`, `wo`, `rw`)
                allow rx /b/.. creat
                      ^~
            vm.policy:4:10: error: a pattern has no component `..`
                allow rx /b/.. creat
                         ^~~~~
            vm.policy:4:16: error: unknown clause `creat`, did you mean `create`?
                allow rx /b/.. creat
                               ^~~~~
            vm.policy:5:1: error: a second `vm`
                vm
                ^~
            vm.policy:2:1: note: the first one is here
                vm web01
                ^~~~~~~~
            """#
        ),
    ]

    @Test(arguments: rows)
    func `an error in a word is shown with its place`(row: Row) {
        #expect(parse(row.text).rendered.joined(separator: "\n") == row.shown)
    }
}
