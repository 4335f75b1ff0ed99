import HookPolicy
import Testing

private let beginning = "openhook 1\nvm web01\n"
private let inRoot = "openhook 1\nvm web01\nroot r /srv {\n"

struct PatternErrorTests {
    typealias Row = (what: String, text: String, shown: String)

    private static let rows: [Row] = [
        (
            "the same rule twice, in a root and outside",
            beginning + "allow ro /srv/a\nroot r /srv {\nallow ro a\n}\n",
            #"""
            vm.policy:5:1: error: the same rule twice: `allow`, `ro` and the same absolute pattern
                allow ro a
                ^~~~~~~~~~
            vm.policy:3:1: note: the first one is here
                allow ro /srv/a
                ^~~~~~~~~~~~~~~
            """#
        ),
        (
            "the same rule as one of the alternatives",
            beginning + "allow ro /srv/{a,b}\nallow ro /srv/b\n",
            #"""
            vm.policy:4:1: error: the same rule twice: `allow`, `ro` and the same absolute pattern
                allow ro /srv/b
                ^~~~~~~~~~~~~~~
            vm.policy:3:1: note: the first one is here
                allow ro /srv/{a,b}
                ^~~~~~~~~~~~~~~~~~~
            """#
        ),
        (
            "a rule about `/`",
            beginning + "allow ro /\n",
            #"""
            vm.policy:3:10: error: `/` is a directory: a rule is about what is in it
                allow ro /
                         ^
            """#
        ),
        (
            "an empty pattern",
            inRoot + "allow ro \"\"\n}\n",
            #"""
            vm.policy:4:10: error: an empty pattern matches nothing
                allow ro ""
                         ^~
            """#
        ),
        (
            "`..` in a pattern",
            inRoot + "allow ro ../x\n}\n",
            #"""
            vm.policy:4:10: error: a pattern has no component `..`
                allow ro ../x
                         ^~~~
            """#
        ),
        (
            "`.` as a pattern",
            inRoot + "allow ro .\n}\n",
            #"""
            vm.policy:4:10: error: a pattern has no component `.`
                allow ro .
                         ^
            """#
        ),
        (
            "an empty component in a pattern",
            beginning + "allow ro /a//b\n",
            #"""
            vm.policy:3:10: error: a pattern has no empty component (`//`)
                allow ro /a//b
                         ^~~~~
            """#
        ),
        (
            "three stars",
            beginning + "allow ro /a/***\n",
            #"""
            vm.policy:3:10: error: `***` is no wildcard: `*` does not cross `/`, `**` does
                allow ro /a/***
                         ^~~~~~
            """#
        ),
        (
            "a class without an end",
            beginning + "allow ro /a/[b\n",
            #"""
            vm.policy:3:10: error: `[` without `]`: write `\[` for the character
                allow ro /a/[b
                         ^~~~~
            """#
        ),
        (
            "a class without a beginning",
            beginning + "allow ro /a/b]\n",
            #"""
            vm.policy:3:10: error: `]` without `[`: write `\]` for the character
                allow ro /a/b]
                         ^~~~~
            """#
        ),
        (
            "an empty class",
            beginning + "allow ro /a/[]\n",
            #"""
            vm.policy:3:10: error: `[]` matches nothing: a class names bytes
                allow ro /a/[]
                         ^~~~~
            """#
        ),
        (
            "a class negated in another language",
            beginning + "allow ro /a/[^b]\n",
            #"""
            vm.policy:3:10: error: `[^...]`: the bytes that a class does not match are written `[!...]`
                allow ro /a/[^b]
                         ^~~~~~~
            """#
        ),
        (
            "a slash in a class",
            beginning + "allow ro /a/[b/c]\n",
            #"""
            vm.policy:3:10: error: `/` inside `[...]`: a class never matches it
                allow ro /a/[b/c]
                         ^~~~~~~~
            """#
        ),
        (
            "a range the wrong way round",
            beginning + "allow ro /a/[z-a]\n",
            #"""
            vm.policy:3:10: error: `z-a` is no range of bytes
                allow ro /a/[z-a]
                         ^~~~~~~~
            """#
        ),
        (
            "a class in a class",
            beginning + "allow ro /a/[[:alpha:]]\n",
            #"""
            vm.policy:3:10: error: `[` inside `[...]`: write `\[` for the character
                allow ro /a/[[:alpha:]]
                         ^~~~~~~~~~~~~~
            """#
        ),
        (
            "alternatives without an end",
            beginning + "allow ro /a/{b\n",
            #"""
            vm.policy:3:10: error: `{` without `}`: write `\{` for the character
                allow ro /a/{b
                         ^~~~~
            """#
        ),
        (
            "alternatives without a beginning",
            beginning + "allow ro /a/b}\n",
            #"""
            vm.policy:3:10: error: `}` without `{`: write `\}` for the character
                allow ro /a/b}
                         ^~~~~
            """#
        ),
        (
            "alternatives in alternatives",
            beginning + "allow ro /a/{b,{c,d}}\n",
            #"""
            vm.policy:3:10: error: `{` inside `{...}`: alternatives do not nest
                allow ro /a/{b,{c,d}}
                         ^~~~~~~~~~~~
            """#
        ),
        (
            "a single alternative",
            beginning + "allow ro /a/{b}\n",
            #"""
            vm.policy:3:10: error: `{...}` holds two alternatives or more, parted by `,`
                allow ro /a/{b}
                         ^~~~~~
            """#
        ),
        (
            "too many alternatives",
            beginning + "allow ro /a/{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}\n",
            #"""
            vm.policy:3:10: error: more than 256 alternatives
                allow ro /a/{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}
                         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
            """#
        ),
    ]

    @Test(arguments: rows)
    func `an error in a pattern is shown with its place`(row: Row) {
        #expect(parse(row.text).rendered.joined(separator: "\n") == row.shown)
    }
}
