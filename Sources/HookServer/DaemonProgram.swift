internal import HookLinux
internal import SystemPackage

/// The program `openhookd`, but for its end.
package enum DaemonProgram {
    /// Serves, and ends the process.
    ///
    /// - Parameter notifications: how notifications are answered; nil: not at all.
    package static func run(notifications: (any NotificationFrontEnd)? = nil) -> Never {
        ThisProcess.exit(status(notifications))
    }

    @inline(never)
    private static func status(_ notifications: (any NotificationFrontEnd)?) -> Int32 {
        do throws(ServerOptions.UsageError) {
            switch try ServerOptions.ofThisProcess() {
            case .help:
                return say(ServerHelp.text)
            case .version:
                return say(ServerHelp.version)
            case .serve(let options):
                return serve(options, notifications)
            }
        } catch {
            tell("\(error.message) (openhookd --help)")
            return 2
        }
    }

    private static func serve(_ options: ServerOptions, _ notifications: (any NotificationFrontEnd)?) -> Int32 {
        do throws(Startup.Failure) {
            try Startup.serve(options, notifications, tell: tell)
            return 0
        } catch {
            switch error {
            case .policy(let text):
                tell(text)
                return 2
            case .environment(let text):
                tell(text)
                return 3
            }
        }
    }

    /// What was asked for, on standard output.
    private static func say(_ text: String) -> Int32 {
        do throws(Errno) {
            try StandardOutput.write(text + "\n")
            return 0
        } catch {
            tell("standard output cannot be written: \(error.described)")
            return 3
        }
    }

    /// One message, on standard error. What the policy's text puts into it has no control characters.
    private static func tell(_ text: String) {
        StandardError.write("openhookd: \(text)\n")
    }
}
