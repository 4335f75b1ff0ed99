internal import HookLinux
internal import HookServer
internal import SystemPackage

/// The status of a process's own descriptor, for a program of which every name is the policy's: it holds the file already.
enum DescriptorStatus {
    static func read(
        _ target: TargetThread, _ number: CInt, _ form: NameOperation.StatusForm
    ) throws(Refusal) -> NameAnswer {
        do throws(Errno) {
            let object: OwnedDescriptor
            if number == TargetName.workingDirectory {
                object = try target.object("cwd")
            } else {
                object = try target.descriptor(number)
            }
            switch form {
            case .stat: return .bytes(try StatusBytes.stat(of: object))
            case .statx(let flags, let mask):
                return .bytes(try StatusBytes.statx(of: object, flags: flags, mask: mask))
            }
        } catch {
            throw .kernel(error)
        }
    }
}
