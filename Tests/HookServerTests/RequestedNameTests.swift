import HookLinux
import HookPolicy
import SystemPackage
import Testing

@testable import HookServer

/// Stage 3: what a client sent, made an absolute and clean name.
struct RequestedNameTests {
    struct Row: CustomTestStringConvertible {
        let sent: String
        var base: String?
        let name: String?
        var errno: Errno?
        var testDescription: String { "\(sent)\(base.map { " in \($0)" } ?? "") is \(name ?? errno?.name ?? "?")" }
    }

    @Test(arguments: [
        Row(sent: "/images/a.img", name: "/images/a.img"),
        Row(sent: "/", name: "/"),
        Row(sent: "//", name: "/"),
        Row(sent: "/.", name: "/"),
        Row(sent: "/..", name: "/"),
        Row(sent: "/../../a", name: "/a"),
        Row(sent: "//images///a.img", name: "/images/a.img"),
        Row(sent: "/images/./a.img", name: "/images/a.img"),
        Row(sent: "/images/a.img/", name: "/images/a.img"),
        Row(sent: "/images/a.img/.", name: "/images/a.img"),
        Row(sent: "/images/.hidden", name: "/images/.hidden"),
        Row(sent: "/images/..hidden", name: "/images/..hidden"),
        Row(sent: "/images/...", name: "/images/..."),
        Row(sent: "/a/../b", name: "<parent of /a>/b"),
        Row(sent: "/a/b/..", name: "<parent of /a/b>"),
        Row(sent: "a.img", base: "/images", name: "/images/a.img"),
        Row(sent: "./a.img", base: "/images", name: "/images/a.img"),
        Row(sent: "a.img", base: "/", name: "/a.img"),
        Row(sent: "../a.img", base: "/images", name: "<parent of /images>/a.img"),
        Row(sent: "a.img", name: nil, errno: .invalidArgument),
        Row(sent: "", name: nil, errno: .noSuchFileOrDirectory),
        Row(sent: "/a\0b", name: nil, errno: .invalidArgument),
    ])
    func `a name is cleaned, and its parents are asked for`(_ row: Row) throws {
        #expect(try clean(Array(row.sent.utf8), row.base).name == row.name)
        #expect(try clean(Array(row.sent.utf8), row.base).errno == row.errno)
    }

    @Test(
        arguments: [
            (4095, 0, nil), (4096, 0, Errno.fileNameTooLong), (4087, 8, .fileNameTooLong), (4086, 8, nil),
        ] as [(Int, Int, Errno?)])
    func `a name of 4095 bytes is the longest, joined with the policy's directory`(
        _ sent: Int, _ base: Int, _ errno: Errno?
    ) throws {
        let name = Array(repeating: UInt8(ascii: "x"), count: base == 0 ? sent - 1 : sent)
        let directory = base == 0 ? nil : "/" + String(repeating: "d", count: base - 1)
        #expect(try clean(base == 0 ? [UInt8(ascii: "/")] + name : name, directory).errno == errno)
    }

    /// Nearly every name goes the short way.
    @Test func `a name is taken as it came exactly if cleaning would leave it so`() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("///..ab\0".utf8)
        var taken = 0
        for _ in 0..<50_000 {
            let length = Int.random(in: 0...9, using: &random)
            let name = [UInt8(ascii: "/")] + (0..<length).map { _ in alphabet[Int.random(in: 0..<8, using: &random)] }
            let isLeft = try clean(name, nil).name.map { Array($0.utf8) } == name
            #expect(RequestedName.isCleanAlready(name.span) == isLeft, "\(name)")
            if isLeft { taken += 1 }
        }
        #expect(taken > 1000)
    }

    private func clean(_ sent: [UInt8], _ base: String?) throws -> (name: String?, errno: Errno?) {
        var path = SystemPath()
        let directory = try base.map { try #require(AbsolutePath($0)) }
        do throws(Refusal) {
            try RequestedName.clean(sent.span, base: directory, into: &path) { prefix throws(Refusal) in
                let text = prefix.text
                prefix = SystemPath(text: "<parent of \(text)>")
            }
            return (path.text, nil)
        } catch {
            return (nil, error.errno)
        }
    }
}
