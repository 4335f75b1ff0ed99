internal import CLinux

/// The options that this process was started with. `getopt_long(3)`: `--name value`, `--name=value`, unambiguous
/// beginnings of names, and options after operands.
package enum CommandLineOptions {
    package struct Definition: Sendable {
        package enum Value: Sendable { case none, required }

        fileprivate let name: SystemPath
        fileprivate let value: Value

        /// - Parameter name: without the dashes.
        package init(_ name: String, _ value: Value) {
            self.name = SystemPath(text: name)
            self.value = value
        }
    }

    package enum Item: Sendable {
        /// An option, by its position in the definitions.
        case option(Int, value: [UInt8])
        /// `-h`, which every program has.
        case help
        case unknown([UInt8])
        case valueMissing([UInt8])
    }

    /// Options in the order given, and what is no option. To be called once.
    package static func scan(_ definitions: [Definition]) -> (items: [Item], operands: [[UInt8]]) {
        let names = definitions.map(\.name)
        return unsafe withTable(definitions, names) { table in
            var items: [Item] = []
            var index: Int32 = 1
            while true {
                var value: UnsafePointer<CChar>?
                var bad: UnsafePointer<CChar>?
                let code = unsafe oh_next_option(
                    CommandLine.argc, CommandLine.unsafeArgv, table.baseAddress, table.count, &value, &bad, &index)
                switch code {
                case -1: return (items, operands(from: Int(index)))
                case CInt(UInt8(ascii: "h")): items.append(.help)
                case CInt(UInt8(ascii: "?")): items.append(.unknown(unsafe bytes(bad)))
                case CInt(UInt8(ascii: ":")): items.append(.valueMissing(unsafe bytes(bad)))
                default: items.append(.option(Int(code) - firstCode, value: unsafe bytes(value)))
                }
            }
        }
    }

    /// Above every character, so that no code is also a short option.
    private static let firstCode = 256

    private static func withTable<R>(
        _ definitions: [Definition], _ names: [SystemPath], _ body: (UnsafeBufferPointer<oh_option>) -> R
    ) -> R {
        func extend(_ table: [oh_option], _ index: Int) -> R {
            guard index < names.count else { return unsafe table.withUnsafeBufferPointer { unsafe body($0) } }
            return unsafe names[index].withCString { name in
                let takesValue: UInt32 = definitions[index].value == .required ? 1 : 0
                let option = unsafe oh_option(name: name, takes_value: takesValue, code: Int32(index + firstCode))
                return unsafe extend(table + [option], index + 1)
            }
        }
        return unsafe extend([], 0)
    }

    private static func operands(from index: Int) -> [[UInt8]] {
        (index..<max(index, Int(CommandLine.argc))).map { unsafe bytes(CommandLine.unsafeArgv[$0]) }
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        var bytes: [UInt8] = []
        var index = 0
        while unsafe text[index] != 0 {
            bytes.append(UInt8(bitPattern: unsafe text[index]))
            index += 1
        }
        return bytes
    }
}
