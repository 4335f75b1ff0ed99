/// The environment of a program: `NAME=value`, in order.
struct Environment: Sendable {
    private(set) var entries: [[UInt8]]

    init(_ entries: [[UInt8]]) { self.entries = entries }

    func value(_ name: String) -> [UInt8]? {
        entries.first { $0.starts(with: beginning(name)) }.map { Array($0.dropFirst(name.utf8.count + 1)) }
    }

    mutating func set(_ name: String, _ value: [UInt8]) {
        remove(name)
        entries.append(beginning(name) + value)
    }

    mutating func remove(_ name: String) {
        let beginning = beginning(name)
        entries.removeAll { $0.starts(with: beginning) }
    }

    private func beginning(_ name: String) -> [UInt8] { Array("\(name)=".utf8) }
}
