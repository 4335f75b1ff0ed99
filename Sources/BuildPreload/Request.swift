import Foundation

/// What the command line of the plugin asks for.
struct Request {
    enum Configuration: String {
        case debug, release

        var flags: [String] {
            switch self {
            case .debug: ["-Og", "-g"]
            case .release: ["-O2"]
            }
        }
    }

    enum Failure: Error, CustomStringConvertible {
        case missingValue(of: String)
        case unknownConfiguration(String)
        case unknownArgument(String)

        var description: String {
            switch self {
            case .missingValue(let option): "\(option) needs a value. \(Request.hint)"
            case .unknownConfiguration(let name): "--configuration is debug or release, not \(name). \(Request.hint)"
            case .unknownArgument(let argument): "unknown argument \(argument). \(Request.hint)"
            }
        }
    }

    static let hint = "See swift package build-preload --help."

    static let help = """
        OVERVIEW: Compiles libopenhook-preload.so, which sends an unmodified QEMU's opens to the broker.

        USAGE: swift package build-preload [--output DIR] [--configuration debug|release]

          --output DIR         Where the library goes. Default: .build/plugins/BuildPreload/outputs
          --configuration C    debug or release. Default: release
          -h, --help           This text.

        The last line printed is the library's path.

        EXAMPLE:
          swift package build-preload
          OPENHOOK_SOCKET=/run/openhook/web01/hook OPENHOOK_PATHS=/srv/images \\
          LD_PRELOAD=$PWD/.build/plugins/BuildPreload/outputs/libopenhook-preload.so \\
            qemu-img info /srv/images/web01.qcow2
        """

    private(set) var configuration = Configuration.release
    private var output: String?

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch option {
            case "--output":
                guard let value = rest.popFirst(), !value.isEmpty else { throw .missingValue(of: option) }
                output = value
            case "--configuration":
                guard let value = rest.popFirst() else { throw .missingValue(of: option) }
                guard let named = Configuration(rawValue: value) else { throw .unknownConfiguration(value) }
                configuration = named
            default:
                throw .unknownArgument(option)
            }
        }
    }

    /// The directory that the library goes to, made if it is missing.
    func outputDirectory(otherwise fallback: URL) throws -> URL {
        guard let output else { return fallback }
        let directory = URL(filePath: output, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }
}
