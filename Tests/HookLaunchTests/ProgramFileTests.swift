import HookLinux
import SystemPackage
import Testing

@testable import HookLaunch

/// What the first bytes of a program say.
struct ProgramFileTests {
    @Test func `real programs`() throws {
        #expect(try ProgramFile(at: SystemPath("/usr/bin/env")) == .dynamic)
        #expect(try ProgramFile(at: SystemPath("/proc/self/exe")) == .dynamic)
    }

    @Test(arguments: [
        ("#!/bin/sh\n", ProgramFile.script), ("", .unknown), ("text", .unknown), ("\u{7F}ELF", .unknown),
        ("\u{7F}ELF\u{1}", .unknown), ("\u{7F}ELF\u{2}", .static),
    ])
    func `beginnings`(text: String, kind: ProgramFile) {
        #expect(ProgramFile(beginning: Array(text.utf8)) == kind)
    }

    @Test func `headers that lead out of the file are none`() {
        var bytes = Array("\u{7F}ELF\u{2}".utf8) + [UInt8](repeating: 0xFF, count: 200)
        #expect(ProgramFile(beginning: bytes) == .static)
        bytes.replaceSubrange(32..<40, with: [64, 0, 0, 0, 0, 0, 0, 0])
        bytes.replaceSubrange(54..<58, with: [56, 0, 0xFF, 0xFF])
        #expect(ProgramFile(beginning: bytes) == .static)
    }
}
