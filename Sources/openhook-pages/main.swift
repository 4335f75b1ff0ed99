import HookLinux

/// Writes manual pages, in man(7), from what the programs say of themselves:
///
///     openhook --experimental-dump-help | openhook-pages openhook
///     openhookd --help | openhook-pages openhookd
///
/// `swift package make-docs` runs it. It is not installed.
let status = PagesProgram.run()
ThisProcess.exit(status)
