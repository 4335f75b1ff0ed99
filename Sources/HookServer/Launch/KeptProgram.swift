internal import HookLinux
internal import HookWire
internal import Synchronization
internal import SystemPackage

/// A notified program whose descriptors the service manager has too: a server that takes over from this one gets them,
/// and answers what this one has not.
final class KeptProgram: Sendable {
    private let program: Mutex<NotifiedProgram?>
    private let names: Names

    /// A program that a launcher has handed over. That there is no service manager is no error.
    ///
    init(_ program: consuming NotifiedProgram) {
        names = Names(program.coverage, number: "\(KernelClock.realtime())")
        ServiceManager.keep(program.listener, as: names.listener)
        ServiceManager.keep(program.process, as: names.process)
        ServiceManager.keep(program.journal, as: names.journal)
        self.program = Mutex(program)
    }

    private init(kept program: consuming NotifiedProgram, _ names: Names) {
        self.program = Mutex(program)
        self.names = names
    }

    /// The program, once.
    func take() -> NotifiedProgram? { program.withLock { $0.take() } }

    /// It has ended: nobody will want its descriptors.
    func forget() { for name in [names.listener, names.process, names.journal] { ServiceManager.forget(name) } }
}

/// What a server finds that takes over from another one.
extension KeptProgram {
    /// What the descriptors of one program are called.
    fileprivate struct Names: Sendable, Hashable {
        let coverage: LaunchMessage.Coverage
        /// Tells programs apart.
        let number: String

        init(_ coverage: LaunchMessage.Coverage, number: String) {
            self.coverage = coverage
            self.number = number
        }

        var listener: String { (coverage == .everyName ? "strict-listener." : "listener.") + number }
        var process: String { "process." + number }
        var journal: String { "journal." + number }
    }

    static func hasKept(_ passed: ServiceManager.Passed) -> Bool {
        ["listener.", "strict-listener.", "process.", "journal."].contains { passed.name.hasPrefix($0) }
    }

    /// The programs whose three descriptors are all there. What belongs to none is closed.
    ///
    /// - Throws: `EBADF` if a descriptor is not there at all.
    static func all(in passed: [ServiceManager.Passed]) throws(Errno) -> [KeptProgram] {
        var numbers: [String: CInt] = [:]
        for one in passed { numbers[one.name] = one.number }
        var programs: [KeptProgram] = []
        for name in numbers.keys.sorted() {
            guard let names = Names(ofListener: name), let listener = numbers.removeValue(forKey: name) else {
                continue
            }
            guard let process = numbers.removeValue(forKey: names.process),
                let journal = numbers.removeValue(forKey: names.journal)
            else {
                numbers[name] = listener
                continue
            }
            programs.append(
                KeptProgram(
                    kept: NotifiedProgram(
                        listener: try ThisProcess.inheritedDescriptor(listener),
                        process: try ThisProcess.inheritedDescriptor(process), coverage: names.coverage,
                        journal: try ThisProcess.inheritedDescriptor(journal)),
                    names))
        }
        for (name, number) in numbers {
            _ = try ThisProcess.inheritedDescriptor(number)
            ServiceManager.forget(name)
        }
        return programs
    }
}

extension KeptProgram.Names {
    fileprivate init?(ofListener name: String) {
        for coverage in [LaunchMessage.Coverage.managedNames, .everyName] {
            let beginning = KeptProgram.Names(coverage, number: "").listener
            guard name.hasPrefix(beginning) else { continue }
            self.init(coverage, number: String(name.dropFirst(beginning.count)))
            return
        }
        return nil
    }
}
