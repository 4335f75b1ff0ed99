/// Tells QEMU from other programs, by what it was called with.
package enum QEMUProgram {
    /// Whether a command line is one of QEMU's: the program is called as distributions call it, or has options that no
    /// VM goes without.
    ///
    /// - Parameter words: with the program's name first.
    package static func isCalled(by words: [String]) -> Bool {
        guard let program = words.first?.split(separator: "/").last else { return false }
        if program.hasPrefix("qemu-system-") || names.contains(String(program)) { return true }
        return words.dropFirst().contains { word in QEMUOptions.name(of: word).map(options.contains) ?? false }
    }

    private static let names: Set = ["qemu-kvm", "kvm"]
    private static let options: Set = ["machine", "M", "drive", "blockdev"]
}
