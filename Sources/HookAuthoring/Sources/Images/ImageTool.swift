internal import HookJSON
internal import HookLinux
internal import HookPolicy
internal import SystemPackage

/// Asks `qemu-img` what an image's header names: one image at a time, so that no name in a header is opened before it
/// has been judged.
///
/// The image is not to be trusted, and neither, then, is what reads it: it gets little time and memory, and may open
/// this image and the system's own files alone (Landlock, where the kernel has it).
struct ImageTool {
    private let program: SystemPath

    /// Nil if it is not installed.
    init?() {
        guard let program = LimitedProgram.find("qemu-img") else { return nil }
        self.program = program
    }

    func header(of path: AbsolutePath, format: [UInt8], kind: FoundObject.Kind) -> HeaderAnswer {
        guard let image = try? SystemPath(path.bytes) else { return .failed("a name with a NUL") }
        // -U: the VM that uses it may run.
        let words = ["info", "--output=json", "-U", "-f"].map { Array($0.utf8) } + [format, path.bytes]
        var run = LimitedProgram(program: program, arguments: words)
        run.confinement = Self.confinement(to: image, kind)
        do throws(LimitedProgram.Failure) {
            return Self.header(in: try run.run())
        } catch {
            return .failed("qemu-img \(error.text)")
        }
    }

    private static func confinement(to image: SystemPath, _ kind: FoundObject.Kind) -> ChildProcess.Confinement {
        guard LandlockRuleset.kernelVersion != nil else { return .none }
        let system = ["/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf"].map {
            SystemPath(text: $0)
        }
        // The size of a device is asked for with a call that reading does not cover.
        guard kind == .block else { return .landlock(reading: system + [image], everything: []) }
        return .landlock(reading: system, everything: [image])
    }

    static func header(in output: [UInt8]) -> HeaderAnswer {
        do throws(JSONError) {
            let answer = try JSONValue(parsing: output)
            var header = ImageHeader()
            header.backingName = answer["backing-filename"]?.bytes
            header.backingFormat = answer["backing-filename-format"]?.bytes
            header.dataName = answer["format-specific"]?["data"]?["data-file"]?.bytes
            let format = answer["format"]?.bytes ?? []
            guard !format.elementsEqual("vmdk".utf8) else { return scattered(answer) }
            return .header(header)
        } catch {
            return .failed("qemu-img's answer is \(error)")
        }
    }

    /// A VMDK image whose parts lie in other files: those are named in it, and no rule is made for them.
    private static func scattered(_ answer: JSONValue) -> HeaderAnswer {
        let extents = answer["format-specific"]?["data"]?["extents"]?.elements ?? []
        let own = answer["filename"]?.bytes
        guard extents.allSatisfy({ $0["filename"]?.bytes == own }) else {
            return .failed("its parts lie in further files, for which no rule is made")
        }
        return .header(ImageHeader(backingName: answer["backing-filename"]?.bytes))
    }
}
