import HookSELinux
import TestSupport
import SystemPackage
import Testing

private let use: Permissions = [.getattr, .lock, .ioctl]

/// A server and a VM as a real policy has them: the VM may use the server's descriptors and its own image.
private func ordinary(_ change: (inout FakeSELinux.State) -> Void = { _ in }) -> FakeSELinux {
    FakeSELinux { state in
        state.allow(Context.vm, Context.server, "fd", .use)
        state.allow(Context.vm, Context.image, "file", use.union([.read, .write, .open]))
        change(&state)
    }
}

private func verdict(
    _ fake: FakeSELinux, _ object: ObjectLabel = .kernel(Context.image), _ kind: ObjectClass = .file,
    _ access: Permissions = [.read, .write]
) throws -> Result<LabelVerdict, LabelRefusal> {
    let check = try LabelCheck(.require, through: fake)
    do throws(LabelRefusal) {
        return .success(try check.check(subject: Context.vm, object: object, kind: kind, access: access))
    } catch {
        return .failure(error)
    }
}

private func denial(_ object: SecurityContext, _ objectClass: ObjectClass, _ missing: Permissions) -> LabelDenial {
    LabelDenial(subject: Context.vm, object: object, objectClass: objectClass, missing: missing)
}

@Suite struct `A file with a label of its own` {
    @Test func `is granted without the permission to open it`() throws {
        let fake = ordinary { $0.allow(Context.vm, Context.image, "file", use.union([.read, .write])) }
        #expect(try verdict(fake) == .success(.allowed))
    }

    @Test(arguments: [Permissions.getattr, .lock, .ioctl, .read, .write])
    func `is refused if one permission is missing`(missing: Permissions) throws {
        let all = use.union([.read, .write])
        let fake = ordinary { $0.allow(Context.vm, Context.image, "file", all.subtracting(missing)) }
        #expect(try verdict(fake) == .failure(.denied(denial(Context.image, .file, missing))))
    }

    @Test func `is refused to another VM's categories`() throws {
        let refusal = LabelRefusal.denied(denial(Context.otherImage, .file, use.union([.read, .write])))
        #expect(try verdict(ordinary(), .kernel(Context.otherImage)) == .failure(refusal))
    }

    @Test func `needs append in the place of write if that is asked`() throws {
        let fake = ordinary { $0.allow(Context.vm, Context.image, "file", use.union([.read, .append])) }
        #expect(try verdict(fake, .kernel(Context.image), .file, [.read, .append]) == .success(.allowed))
        #expect(
            try verdict(fake, .kernel(Context.image), .file, [.read, .write])
                == .failure(.denied(denial(Context.image, .file, .write))))
    }

    @Test(arguments: [(ObjectClass.blockDevice, "blk_file"), (.characterDevice, "chr_file")])
    func `is asked about as the kind that it is`(kind: ObjectClass, name: String) throws {
        let fake = ordinary { $0.allow(Context.vm, Context.image, name, use.union([.read, .write])) }
        #expect(try verdict(fake, .kernel(Context.image), kind) == .success(.allowed))
        let refusal = LabelRefusal.denied(denial(Context.image, kind, use.union([.read, .write])))
        #expect(try verdict(ordinary(), .kernel(Context.image), kind) == .failure(refusal))
    }

    @Test func `is withheld without the use of the server's descriptors`() throws {
        let fake = ordinary { $0.allow(Context.vm, Context.server, "fd", []) }
        let result = try verdict(fake)
        #expect(result == .failure(.withheld(denial(Context.server, .fd, .use))))
        guard case .failure(let refusal) = result else { return }
        #expect(
            refusal.description
                == "the kernel would withhold this descriptor: allow svirt_t openhookd_t:fd use "
                + "(install the policy module: semodule -i openhook.pp)"
        )
    }

    @Test func `needs no use of descriptors if the peer is in the server's own domain`() throws {
        let fake = FakeSELinux { $0.allow(Context.server, Context.image, "file", use.union(.read)) }
        let check = try LabelCheck(.require, through: fake)
        let verdict = try check.check(
            subject: Context.server, object: .kernel(Context.image), kind: .file, access: .read)
        #expect(verdict == .allowed)
    }
}

@Suite struct `A file with the policy's label` {
    static let onNFS = ObjectLabel.policy(Context.image, kernel: Context.nfs)

    @Test func `is granted if the kernel would let the descriptor through`() throws {
        let fake = ordinary { $0.allow(Context.vm, Context.nfs, "file", [.read, .write]) }
        #expect(try verdict(fake, Self.onNFS) == .success(.allowed))
    }

    @Test func `is granted without a second question if the kernel has no label for it`() throws {
        #expect(try verdict(ordinary(), .policy(Context.image, kernel: nil)) == .success(.allowed))
    }

    @Test func `needs the permission to open it`() throws {
        let fake = ordinary { $0.allow(Context.vm, Context.image, "file", use.union([.read, .write])) }
        #expect(
            try verdict(fake, .policy(Context.image, kernel: nil))
                == .failure(.denied(denial(Context.image, .file, .open))))
    }

    @Test func `is withheld if the kernel's label does not let the descriptor through`() throws {
        let result = try verdict(ordinary(), Self.onNFS)
        #expect(result == .failure(.withheld(denial(Context.nfs, .file, [.read, .write]))))
        guard case .failure(let refusal) = result else { return }
        #expect(
            refusal.description
                == "the kernel would withhold this descriptor: allow svirt_t nfs_t:file { read write } "
                + "(install the policy module: semodule -i openhook.pp; then setsebool -P openhook_use_unlabeled_fs on)"
        )
    }

    @Test func `needs write also to append, for the kernel would let the client clear O_APPEND`() throws {
        let fake = ordinary { $0.allow(Context.vm, Context.image, "file", use.union([.append, .open])) }
        #expect(
            try verdict(fake, .policy(Context.image, kernel: nil), .file, .append)
                == .failure(.denied(denial(Context.image, .file, .write))))
    }
}

@Suite struct `A creation` {
    private func create(_ change: (inout FakeSELinux.State) -> Void) throws -> Result<LabelVerdict, LabelRefusal> {
        let fake = ordinary { state in
            state.allow(Context.vm, Context.directory, "dir", [.write, .addName])
            state.allow(Context.vm, Context.image, "file", use.union([.read, .write, .create]))
            change(&state)
        }
        let check = try LabelCheck(.require, through: fake)
        do throws(LabelRefusal) {
            return .success(
                try check.checkCreation(
                    subject: Context.vm, parent: .kernel(Context.directory), file: .kernel(Context.image),
                    access: [.read, .write]))
        } catch {
            return .failure(error)
        }
    }

    @Test func `is allowed where directory, file and descriptor are`() throws {
        #expect(try create { _ in } == .success(.allowed))
    }

    @Test(arguments: [Permissions.write, .addName])
    func `needs to write and add names in the directory`(missing: Permissions) throws {
        let left = Permissions([.write, .addName]).subtracting(missing)
        let result = try create { $0.allow(Context.vm, Context.directory, "dir", left) }
        #expect(result == .failure(.denied(denial(Context.directory, .directory, missing))))
    }

    @Test func `needs to create files of the label to be`() throws {
        let result = try create { $0.allow(Context.vm, Context.image, "file", use.union([.read, .write])) }
        #expect(result == .failure(.denied(denial(Context.image, .file, .create))))
    }

    @Test func `needs what handing over the descriptor needs`() throws {
        let result = try create { $0.allow(Context.vm, Context.server, "fd", []) }
        #expect(result == .failure(.withheld(denial(Context.server, .fd, .use))))
    }
}

@Suite struct `An access that is asked for` {
    static let rows: [(FileDescriptor.AccessMode, FileDescriptor.OpenOptions, Permissions)] = [
        (.readOnly, [], .read), (.writeOnly, [], .write), (.readWrite, [], [.read, .write]),
        (.writeOnly, .append, .append), (.readWrite, .append, [.read, .append]),
        (.writeOnly, [.append, .truncate], .write), (.readWrite, [.append, .truncate], [.read, .write]),
        (.readOnly, .append, .read), (.readOnly, .truncate, [.read, .write]),
    ]

    @Test(arguments: rows)
    func `is what the kernel asks when the descriptor arrives`(
        mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions, permissions: Permissions
    ) {
        #expect(Permissions.contents(mode, options) == permissions)
    }

    @Test func `of an odd access mode is reading and writing`() {
        #expect(Permissions.contents(.init(rawValue: 3)) == [.read, .write])
    }
}
