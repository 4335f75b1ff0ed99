import HookPolicy
import Testing

struct PrinterTests {
    private func printed(_ text: String, includes: [String: String] = [:]) throws -> String {
        let result = parse(text, includes: includes)
        let policy = try #require(result.policy, "\(result.rendered)")
        return String(decoding: PolicyPrinter.print(policy), as: UTF8.self)
    }

    @Test func `every statement is printed, includes flattened and variables replaced`() throws {
        let text = #"""
            openhook 1
            vm web01
            uuid 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
            peer gid kvm
            peer uid "DOMAIN\\joe"
            peer type svirt_t
            peer label u:r:t:s0
            selinux if-enabled
            directory /srv/
            variable disk "my disk"
            include x
            own ro /usr "/lib 64"
            io_uring allow
            root r /srv/images {   # why
                allow rw ${disk}-${vm}.raw hardlinks allow delete
                allow ro base/**.raw  label u:r:t:${level}
                as joe:kvm
                filesystem nfs nfs4 nfs
                symlinks inside
                label u:r:t:s0:c1
                allow rw s/*  create limit 3 owner "a\x5cb"
                learn "create"
            }
            root empty /e {
            }
            deny rw /srv/images/base/private
            allow rw /dev/x symlinks follow kind char block
            learn rw create /l/{a,b}*[!x-z]\*
            """#
        #expect(
            try printed(text, includes: ["x": "rate 5 burst 6\nallow ro /fw\n"]) == #"""
                openhook 1

                vm web01
                uuid 4dea22b3-1d52-d8f3-2516-782e98ab3fa0
                selinux if-enabled
                peer label u:r:t:s0
                peer type svirt_t
                peer uid "DOMAIN\\joe"
                peer gid kvm
                directory /srv
                rate 5 burst 6
                own ro /usr "/lib 64"
                io_uring allow

                allow ro /fw

                root r /srv/images {
                    label u:r:t:s0:c1
                    symlinks inside
                    filesystem nfs nfs4
                    as joe:kvm
                    allow rw "my disk-web01.raw" delete hardlinks allow
                    allow ro base/**.raw label u:r:t:${level}
                    allow rw s/* create mode 0600 owner "a\\b" limit 3
                    learn ro "create"
                }

                root empty /e {
                }

                deny rw /srv/images/base/private
                allow rw /dev/x kind block char symlinks follow
                learn rw create /l/{a,b}*[!x-z]\*

                """#)
    }

    @Test(arguments: [
        ("a blank", #""/a b""#, #""/a b""#),
        ("a blank in a pattern", #"/a\ b*"#, #"/a\ b*"#),
        ("a line feed", #""/a\nb""#, #""/a\nb""#),
        ("a control character", #""/a\x01""#, #""/a\x01""#),
        ("what was escaped", ##"/a\*\?b\#"##, ##""/a*?b#""##),
        ("a quoted dollar", #"/a\$b"#, #""/a\x24b""#),
        ("a comma from a variable", "/{${comma},x}b", "/{${byte-2C},x}b"),
        ("a dash from a variable", "/[a${dash}c]b", "/[a${byte-2D}c]b"),
        ("a dash from a variable outside a class", "/a${dash}c*", "/a-c*"),
        ("a line feed in a pattern", "/${feed}*", "/${byte-0A}*"),
        ("a quote in a pattern", "/${quote}*", "/${byte-22}*"),
        ("a `!` from a variable", "/[${bang}a]", "/[${byte-21}a]"),
        ("a bracket in a class", #"/[\]a]*"#, #"/[\]a]*"#),
        ("a `#` in a pattern", "/#*", "/#*"),
    ])
    func `odd bytes are printed so that they mean the same`(
        row: (what: String, pattern: String, printed: String)
    ) throws {
        let variables = #"""
            openhook 1
            vm web01
            variable comma ,
            variable dash -
            variable feed "\n"
            variable quote "\""
            variable bang !

            """#
        let text = try printed(variables + "allow ro \(row.pattern)\n")
        #expect(text.contains("\nallow ro \(row.printed)\n"))
        #expect(try printed(text) == text)
        let before = try #require(parse(variables + "allow ro \(row.pattern)\n").policy)
        let after = try #require(parse(text).policy)
        for name in [
            "/a,b", "/,b", "/xb", "/a-c", "/bb", "/-b", "/ab", "/\nx", "/\"x", "/!", "/a", "/]", "/#", "/a-cx",
        ] {
            #expect(before.decide(name, .readOnly) == after.decide(name, .readOnly))
        }
    }

    @Test func `the documentation's example prints the same twice`() throws {
        let once = try printed(ExampleTests.text, includes: ExampleTests.includes)
        #expect(try printed(once) == once)
    }
}
