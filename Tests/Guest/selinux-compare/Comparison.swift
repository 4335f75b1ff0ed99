import HookLinux
import HookSELinux
import HookSepol
import SystemPackage

/// Two engines that are asked alike.
struct Comparison {
    /// Or what stands in its place.
    let kernel: any PolicyEngine
    let file: SepolPolicy

    enum Answer: Equatable {
        case allowed, denied
        /// The policy does not know the class, the permission or a label.
        case unknown
        case failed(Errno)

        var word: String {
            switch self {
            case .allowed: "allowed"
            case .denied: "denied"
            case .unknown: "unknown"
            case .failed(let errno): errno.described
            }
        }
    }

    /// Why the answers differ.
    enum Reason: String {
        case none = ""
        case onlyKernelKnows = "the file's policy lacks a name that is asked about: libsepol denies by an error"
        case onlyFileKnows = "the loaded policy lacks a name that is asked about: it is another policy"
        case kernelFailed = "the kernel could not be asked"
        case unexplained = "UNEXPLAINED (are the booleans set as the file has them?)"
    }

    struct Row {
        let question: Matrix.Question
        let kernel: Answer
        let file: Answer

        var isAlike: Bool { kernel == file }
        var isAnswered: Bool { [kernel, file].allSatisfy { $0 == .allowed || $0 == .denied } }

        var reason: Reason {
            if isAlike { return .none }
            switch (kernel, file) {
            case (.failed, _): return .kernelFailed
            case (_, .unknown): return .onlyKernelKnows
            case (.unknown, _): return .onlyFileKnows
            default: return .unexplained
            }
        }

        var line: String {
            let asked = "\(question.subject) \(question.object) \(question.className) \(question.permission)"
            return "\(asked) kernel=\(kernel.word) libsepol=\(file.word)\(isAlike ? "" : " \(reason.rawValue)")"
        }
    }

    /// One engine after the other: libsepol has room for one policy at a time, and two files may be compared.
    func ask(_ questions: [Matrix.Question]) -> [Row] {
        let ofKernel = questions.map { Self.ask(kernel, $0) }
        let ofFile = questions.map { Self.ask(file, $0) }
        return questions.indices.map { Row(question: questions[$0], kernel: ofKernel[$0], file: ofFile[$0]) }
    }

    private static func ask(_ engine: any PolicyEngine, _ question: Matrix.Question) -> Answer {
        do throws(Errno) {
            let number = try engine.classNumber(question.className)
            let bit = try engine.permissionBit(question.permission, ofClass: number)
            let answer = try engine.access(of: question.subject, to: question.object, classNumber: number)
            return answer.allowed & answer.decided & bit == bit ? .allowed : .denied
        } catch .invalidArgument {
            return .unknown
        } catch {
            return .failed(error)
        }
    }
}
