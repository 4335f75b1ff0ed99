import HookLaunch
import HookLinux

/// What `openhook run`, and a launcher that is called as QEMU, have in common: where things lie, and how failures are said.
enum Launching {
    /// Becomes QEMU, and returns only with an error.
    static func run(_ request: LaunchRequest) throws {
        do throws(LaunchFailure) { try Launcher.run(request, tell: tell) } catch { throw failure(error) }
    }

    static func rehearse(_ request: LaunchRequest) throws -> LaunchPlan {
        do throws(LaunchFailure) { return try Launcher.rehearse(request, tell: tell) } catch { throw failure(error) }
    }

    /// The variables that QEMU gets beside those that it would have anyway.
    static func environment(of plan: LaunchPlan) throws -> [[UInt8]] {
        do throws(LaunchFailure) {
            let given = Set(ThisProcess.environment)
            return try plan.environment(descriptor: "N").filter { !given.contains($0) }
        } catch {
            throw failure(error)
        }
    }

    private static func tell(_ line: String) { StandardError.write("openhook: \(line)\n") }

    private static func failure(_ failure: LaunchFailure) -> any Error {
        switch failure {
        case .usage(let text): Failure(.usage, text)
        case .environment(let text): Failure(.environment, text)
        case .said(let status): Said(status: status)
        }
    }

    /// The broker has said on standard error what there was to say.
    struct Said: Error {
        let status: Int32
    }

    // MARK: Places

    /// A program as execvp(3) finds it.
    static func program(_ name: [UInt8]) throws -> SystemPath {
        let text = String(decoding: name, as: UTF8.self)
        guard name.contains(UInt8(ascii: "/")) else {
            guard let found = Programs.find(text) else { throw Failure(.environment, "there is no \(text) in PATH") }
            return found
        }
        do { return try ThisProcess.absolute(SystemPath(name)) } catch {
            throw Failure(.environment, "\(text): \(error)")
        }
    }

    static func server() -> SystemPath? {
        // That of the same build or installation first: another one may be of another version.
        Programs.beside("openhookd") ?? Programs.installedWithThis("sbin/openhookd") ?? Programs.find("openhookd")
            ?? Programs.installed("sbin/openhookd")
    }

    static func preloadLibrary() -> SystemPath? {
        let name = "libopenhook-preload.so"
        return Programs.beside(name) ?? Programs.inBuildFolder("plugins/BuildPreload/outputs/\(name)")
            ?? Programs.installedWithThis("lib/\(name)") ?? Programs.installed("lib/\(name)")
    }

    /// - Parameter place: a name with a slash, or that of a VM.
    static func launchSocket(_ place: String) throws -> SystemPath {
        guard !place.contains("/") else { return try SystemPath(Array(place.utf8)) }
        return SystemPath(text: "/run/openhook/\(place)/launch")
    }
}
