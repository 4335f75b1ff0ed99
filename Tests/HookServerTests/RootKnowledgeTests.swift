import HookLinux
import TestSupport
import Testing

@testable import HookServer

struct RootKnowledgeTests {
    @Test func `another directory is to be recorded once, and again if that could not be written`() throws {
        let scratch = try ScratchDirectory()
        let descriptors = try DescriptorDirectory(of: .process)
        func root(_ name: String) throws -> RootFacts {
            try scratch.directory(name)
            return try OpenRoot(0, at: SystemPath(text: scratch.path(name)), descriptors, MountTable()).facts
        }
        let knowledge = RootKnowledge([try root("first")])
        let second = try root("second")
        #expect(second.ifNew === second)
        #expect(knowledge.note(second))
        #expect(second.ifNew == nil)
        #expect(!knowledge.note(second))

        knowledge.takeBack(second)
        #expect(second.ifNew === second)
        #expect(knowledge.note(second))
        #expect(!knowledge.note(second))

        // One that is another's by now is nobody's business any more.
        let third = try root("third")
        #expect(knowledge.note(third))
        knowledge.takeBack(second)
        #expect(!knowledge.note(third))
    }
}
