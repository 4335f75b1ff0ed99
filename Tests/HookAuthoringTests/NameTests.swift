import HookAuthoring
import HookPolicy
import Testing

/// Names are bytes that anyone may have chosen: whatever they are, the rule is for that name and no other.
struct NameTests {
    /// The policy for one file of a name, alone and beside others so that it is written in a root.
    private func policies(_ name: [UInt8]) throws -> [Policy] {
        var alone = Inventory(source: "a test")
        alone.uses = [FileUse(name, .readWrite, .disks, "disk vda", form: .file)]
        var beside = alone
        let directory = Array(name[...(name.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
        beside.uses.append(FileUse(directory + Array("another".utf8), .readOnly, .disks, "disk vdb", form: .file))
        var options = GenerateOptions()
        options.name = Array("web01".utf8)
        return try [alone, beside].map { try PolicyGenerator($0, options, host: AbsentHost()).generate().policy }
    }

    private func expectExactly(_ name: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
        for (index, policy) in try policies(name).enumerated() {
            #expect(policy.rules.count == index + 1, sourceLocation: sourceLocation)
            #expect(policy.rules.first?.exactName?.bytes == name, sourceLocation: sourceLocation)
            #expect(policy.decide(name.span, .readWrite) == .granted(0), sourceLocation: sourceLocation)
        }
    }

    @Test func `every byte that a name can have is written so that it is read again`() throws {
        for byte in UInt8(1)...255 where byte != UInt8(ascii: "/") {
            try expectExactly(Array("/srv/images/a".utf8) + [byte] + Array("b.img".utf8))
            try expectExactly(Array("/srv/im".utf8) + [byte] + Array("ages/a.img".utf8))
            if byte != UInt8(ascii: ".") { try expectExactly(Array("/srv/images/".utf8) + [byte]) }
        }
    }

    @Test(arguments: 0..<40) func `any name is written so that it is read again`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<25 {
            var name: [UInt8] = []
            for _ in 0...random.below(3) {
                name.append(UInt8(ascii: "/"))
                for _ in 0...random.below(20) {
                    let byte = UInt8(truncatingIfNeeded: 1 + random.below(255))
                    name.append(byte == UInt8(ascii: "/") ? UInt8(ascii: "*") : byte)
                }
                // No component `.` or `..`, and no directory of the system.
                name.append(UInt8(ascii: "x"))
            }
            guard name.count(where: { $0 == UInt8(ascii: "/") }) > 1 else { continue }
            try expectExactly(name)
        }
    }

    @Test func `what cannot be seen is escaped in rules and in comments`() throws {
        let name = "/srv/images/\u{202E}gpj.exe\u{1B}[2J\nallow rw \"/etc/shadow\""
        var inventory = Inventory(source: "a test")
        inventory.uses = [
            FileUse(Array(name.utf8), .readWrite, .disks, "disk vda", form: .file),
            FileUse(Array("/etc/\u{202E}\nallow rw /etc/shadow".utf8), .readWrite, .disks, "disk vdb", form: .file),
        ]
        var options = GenerateOptions()
        options.name = Array("web01".utf8)
        let text = try PolicyGenerator(inventory, options, host: AbsentHost()).generate().text
        #expect(text.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
        #expect(text.split(separator: 0x0A).count { $0.starts(with: Array("allow".utf8)) } == 1)
    }

    @Test func `a name that a line has no room for gets a reason instead of a rule`() throws {
        let name =
            Array("/srv".utf8) + (0..<20).flatMap { _ in [UInt8(ascii: "/")] + [UInt8](repeating: 1, count: 200) }
        var inventory = Inventory(source: "a test")
        inventory.uses = [FileUse(name, .readWrite, .disks, "disk vda")]
        var options = GenerateOptions()
        options.name = Array("web01".utf8)
        let made = try PolicyGenerator(inventory, options, host: AbsentHost()).generate()
        #expect(made.policy.rules.isEmpty)
        #expect(made.refusals.count == 1)
        #expect(made.refusals.first?.text.hasSuffix(" is too long to be written in a policy") == true)
    }
}
