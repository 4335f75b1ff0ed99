import HookPolicy
import Testing

struct PatternTests {
    @Test(arguments: [
        ("a name matches itself", "/a/b", "/a/b", true),
        ("a name does not match what is beneath", "/a/b", "/a/b/c", false),
        ("a name does not match its beginning", "/a/b", "/a", false),
        ("`*` matches within a component", "/a/*", "/a/b", true),
        ("`*` matches nothing", "/a/b*", "/a/b", true),
        ("`*` matches a leading dot", "/a/*", "/a/.b", true),
        ("`*` does not cross `/`", "/a/*", "/a/b/c", false),
        ("`*` does not match an empty component", "/a/*", "/a", false),
        ("`*` goes back", "/a/*ab", "/a/aaab", true),
        ("two stars go back", "/a/*a*b", "/a/xaxxbxb", true),
        ("`?` matches one byte", "/a/?", "/a/b", true),
        ("`?` matches not none", "/a/b?", "/a/b", false),
        ("`?` does not match `/`", "/a?b", "/a/b", false),
        ("`?` matches a byte, not a character", "/a/?", "/a/ü", false),
        ("`**` crosses `/`", "/a/**", "/a/b/c", true),
        ("`**` does not match its directory", "/a/**", "/a", false),
        ("`**` matches nothing", "/a**", "/a", true),
        ("`**` in the middle", "/a**z", "/ab/c/z", true),
        ("`**` goes back", "/a/**b/*c", "/a/b/b/xb/xc", true),
        ("`/**/` is a single `/` too", "/a/**/b", "/a/b", true),
        ("`/**/` matches directories", "/a/**/b", "/a/x/y/b", true),
        ("`/**/` keeps its slashes", "/a/**/b", "/a/xb", false),
        ("`/**/` keeps its slashes at the end", "/a/**/b", "/a/x/yb", false),
        ("`/**/` twice", "/a/**/**/b", "/a/b", true),
        ("`/**/` and `*`", "/a/**/*.raw", "/a/x.raw", true),
        ("`**` behind other bytes keeps its slash", "/a/x**/b", "/a/x/b", true),
        ("`**` behind other bytes needs its slash", "/a/x**/b", "/a/xb", false),
        ("a class", "/a/[bc]", "/a/c", true),
        ("not in a class", "/a/[bc]", "/a/d", false),
        ("a range", "/a/[b-d]", "/a/c", true),
        ("the end of a range", "/a/[b-d]", "/a/d", true),
        ("not in a range", "/a/[b-d]", "/a/e", false),
        ("a negated class", "/a/[!b-d]", "/a/e", true),
        ("not in a negated class", "/a/[!b-d]", "/a/c", false),
        ("a negated class does not match `/`", "/a[!b]c", "/a/c", false),
        ("a range does not match `/`", "/a[+-9]c", "/a/c", false),
        ("`-` at the end of a class", "/a/[b-]", "/a/-", true),
        ("`-` at the beginning of a class", "/a/[-b]", "/a/-", true),
        ("`]` in a class", "/a/[\\]b]", "/a/]", true),
        ("`!` in a class", "/a/[b!]", "/a/!", true),
        ("wildcards in a class", "/a/[*?]", "/a/?", true),
        ("the first alternative", "/a/{b,c}d", "/a/bd", true),
        ("the second alternative", "/a/{b,c}d", "/a/cd", true),
        ("no alternative", "/a/{b,c}d", "/a/d", false),
        ("an empty alternative", "/a/b{,c}", "/a/b", true),
        ("alternatives with `/`", "/a/{b/c,d}/e", "/a/b/c/e", true),
        ("alternatives with wildcards", "/a/{*.raw,b?}", "/a/x.raw", true),
        ("alternatives are written out first", "/a/*{*,b}", "/a/x/y", true),
        ("alternatives times alternatives", "/{a,b}/{c,d}", "/b/c", true),
        ("an escaped star", "/a/\\**", "/a/*b", true),
        ("an escaped star is no wildcard", "/a/\\**", "/a/xb", false),
        ("a variable's star is no wildcard", "/a/${star}?", "/a/*b", true),
        ("a variable's bytes in a class", "/a/[${dash}a]", "/a/-", true),
        ("a variable's dash is no range", "/a/[a${dash}c]", "/a/b", false),
        ("a variable's comma parts nothing", "/a/{${comma},c}x", "/a/,x", true),
        ("the root's directory", "/**", "/a/b", true),
    ])
    func `a pattern matches`(row: (what: String, pattern: String, name: String, matches: Bool)) throws {
        let variables = "variable star *\nvariable dash -\nvariable comma ,\n"
        let policy = try policy(variables + "allow rw \(row.pattern)\n")
        let isGranted = policy.decide(row.name, .readWrite) == .granted(0)
        #expect(isGranted == row.matches)
        #expect(policy.rules[0].matches(row.name) == row.matches)
    }

    @Test func `a pattern with many stars costs its length times the name's`() throws {
        let stars = String(repeating: "**a*b", count: 200)
        let policy = try policy("allow ro /\(stars)c\ndeny ro /\(stars)c\n")
        let name = "/" + String(repeating: "a/ab", count: 250)
        #expect(policy.decide(name, .readOnly) == .unlisted)
    }

    @Test(arguments: [
        ("a device", "/dev/vhost-net", "/dev"),
        ("a name below `/`", "/a", "/"),
        ("a pattern", "/a/b/*.raw", "/a/b"),
        ("a wildcard in the middle of a component", "/a/b/c*", "/a/b"),
        ("a wildcard early", "/a/*/c/d", "/a"),
        ("a wildcard at once", "/*/c", "/"),
        ("alternatives", "/a/b/{c,d}", "/a/b"),
        ("alternative directories", "/a/{b,bb}/c", "/a"),
        ("alternatives with nothing in common", "/{a/b,c/d}/e", "/"),
        ("a quoted wildcard", "\"/a/*/b\"", "/a/*"),
    ])
    func `the root of a rule outside any root is its longest directory`(
        row: (what: String, pattern: String, directory: String)
    ) throws {
        let policy = try policy("allow ro \(row.pattern)\n")
        #expect(policy.roots.map(\.directory) == [try #require(AbsolutePath(row.directory))])
        #expect(policy.roots[0].declaration == .derived)
    }
}
