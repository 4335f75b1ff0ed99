import HookSELinux
import SystemPackage
import TestSupport
import Testing

private let inDirectory: Permissions = [.write, .search, .addName, .removeName]
private let image = LabelledObject(.kernel(Context.image), .file)

/// A VM that may do everything to names in the directory, and to the names of its image.
private func ordinary(_ change: (inout FakeSELinux.State) -> Void = { _ in }) -> FakeSELinux {
    FakeSELinux { state in
        state.allow(Context.vm, Context.directory, "dir", inDirectory)
        state.allow(Context.vm, Context.image, "file", [.unlink, .rename])
        change(&state)
    }
}

private func verdict(
    _ fake: FakeSELinux, _ change: DirectoryChange, in directory: ObjectLabel = .kernel(Context.directory)
) throws -> Result<LabelVerdict, LabelRefusal> {
    let check = try LabelCheck(.require, through: fake)
    do throws(LabelRefusal) {
        return .success(try check.checkChange(subject: Context.vm, directory: directory, change: change))
    } catch {
        return .failure(error)
    }
}

private func refusal(
    _ object: SecurityContext, _ objectClass: ObjectClass, _ missing: Permissions
) -> Result<LabelVerdict, LabelRefusal> {
    .failure(
        .denied(LabelDenial(subject: Context.vm, object: object, objectClass: objectClass, missing: missing)))
}

@Suite struct `A change of names` {
    /// A change, what it takes in the directory, and of the object whose name goes.
    static let rows: [(DirectoryChange, Permissions, Permissions)] = [
        (.unlink(image), [.write, .search, .removeName], .unlink),
        (.renameAway(image), [.write, .search, .removeName], .rename),
        (.renameInto(replacing: nil), [.write, .search, .addName], []),
        (.renameInto(replacing: image), [.write, .search, .addName, .removeName], .unlink),
    ]

    @Test(arguments: rows)
    func `is allowed with what the kernel would ask for, no descriptor's use among it`(
        change: DirectoryChange, directory: Permissions, object: Permissions
    ) throws {
        let fake = FakeSELinux { state in
            state.allow(Context.vm, Context.directory, "dir", directory)
            state.allow(Context.vm, Context.image, "file", object)
        }
        #expect(try verdict(fake, change) == .success(.allowed))
    }

    @Test(arguments: rows)
    func `needs each of its permissions in the directory`(
        change: DirectoryChange, directory: Permissions, object: Permissions
    ) throws {
        for missing in directory.each {
            let fake = ordinary { $0.allow(Context.vm, Context.directory, "dir", inDirectory.subtracting(missing)) }
            #expect(try verdict(fake, change) == refusal(Context.directory, .directory, missing))
        }
    }

    @Test(arguments: rows)
    func `needs the permission that is meant of the object whose name goes`(
        change: DirectoryChange, directory: Permissions, object: Permissions
    ) throws {
        let fake = ordinary { state in
            // Everything but that: writing a file is no permission to remove it.
            state.allow(
                Context.vm, Context.image, "file",
                Permissions([.read, .write, .append, .open, .create, .unlink, .rename]).subtracting(object))
        }
        let expected = object.isEmpty ? .success(.allowed) : refusal(Context.image, .file, object)
        #expect(try verdict(fake, change) == expected)
    }

    @Test(arguments: [
        (ObjectClass.file, "file"), (.symbolicLink, "lnk_file"), (.fifo, "fifo_file"), (.socketFile, "sock_file"),
        (.characterDevice, "chr_file"), (.blockDevice, "blk_file"),
    ])
    func `is asked about an object of each kind as what it is`(kind: ObjectClass, name: String) throws {
        let object = LabelledObject(.kernel(Context.otherImage), kind)
        let fake = ordinary { $0.allow(Context.vm, Context.otherImage, name, [.unlink, .rename]) }
        #expect(try verdict(fake, .unlink(object)) == .success(.allowed))
        #expect(try verdict(fake, .renameAway(object)) == .success(.allowed))
        #expect(try verdict(ordinary(), .unlink(object)) == refusal(Context.otherImage, kind, .unlink))
        #expect(try verdict(ordinary(), .renameAway(object)) == refusal(Context.otherImage, kind, .rename))
    }

    @Test(arguments: [ObjectClass.directory, .fd])
    func `is refused of what can be neither removed nor renamed, whatever the policy allows`(
        kind: ObjectClass
    ) throws {
        let all = Permissions(rawValue: .max)
        let fake = ordinary { $0.allow(Context.vm, Context.image, kind.name, all) }
        let object = LabelledObject(.kernel(Context.image), kind)
        let changes: [(DirectoryChange, Permissions)] = [(.unlink(object), .unlink), (.renameAway(object), .rename)]
        for (change, permission) in changes {
            guard case .failure(let refusal) = try verdict(fake, change) else {
                Issue.record("\(change) is allowed")
                continue
            }
            #expect(refusal.denial?.missing == permission)
        }
    }

    @Test func `is judged by the policy's labels where the policy gives them, never by the kernel's`() throws {
        let object = LabelledObject(.policy(Context.image, kernel: Context.nfs), .file)
        let directory = ObjectLabel.policy(Context.directory, kernel: Context.nfs)
        #expect(try verdict(ordinary(), .unlink(object), in: directory) == .success(.allowed))
        let other = LabelledObject(.policy(Context.otherImage, kernel: Context.image), .file)
        #expect(try verdict(ordinary(), .unlink(other), in: directory) == refusal(Context.otherImage, .file, .unlink))
    }

    @Test func `in permissive mode is granted, with every denial`() throws {
        let fake = FakeSELinux { $0.enforcing = .success(false) }
        let denials = [
            LabelDenial(
                subject: Context.vm, object: Context.directory, objectClass: .directory,
                missing: [.write, .search, .removeName]),
            LabelDenial(subject: Context.vm, object: Context.image, objectClass: .file, missing: .unlink),
        ]
        #expect(try verdict(fake, .unlink(image)) == .success(.permissive(denials)))
    }

    @Test func `is refused where labels are off`() throws {
        let labels = try LabelCheck(.off, through: FakeSELinux())
        let found = failure { () throws(LabelRefusal) in
            try labels.checkChange(
                subject: Context.vm, directory: .kernel(Context.directory), change: .unlink(image))
        }
        #expect(found == .labelsAreOff)
    }
}
