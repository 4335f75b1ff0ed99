import HookLinux
import HookSELinux
import SystemPackage

/// Questions of many more labels than any cache holds, each with the answer that the kernel gave before.
struct Questions: Sendable {
    struct Question: Sendable {
        let subject: SecurityContext
        let object: SecurityContext
        /// nil where a boolean decides, which is switched meanwhile.
        let isAllowed: Bool?
    }

    private let all: [Question]
    private let file: UInt16
    /// The bits of all that is asked.
    private let wanted: UInt32

    /// Pairs of VM and image labels: equal categories, other ones, images of no VM, files without labels of their own.
    ///
    /// The kernel is asked by `security_compute_av` for what is to be used of a file, and for the server's descriptors.
    init(count: Int, of kernel: LibSELinux) throws(Errno) {
        let file = try kernel.classNumber("file")
        var wanted: UInt32 = 0
        for name in ["read", "write", "getattr", "lock", "ioctl"] {
            wanted |= try kernel.permissionBit(name, ofClass: file)
        }
        var all: [Question] = []
        for index in 0..<count {
            let subject = Self.label("system_u:system_r:svirt_t:s0", categoriesOf: index)
            let text = ["system_u:object_r:svirt_image_t:s0", "system_u:object_r:nfs_t:s0"][index % 8 == 7 ? 1 : 0]
            let object =
                index % 8 == 7 ? Self.label(text) : Self.label(text, categoriesOf: index % 2 == 0 ? index : index + 1)
            guard let subject, let object else { continue }
            let allowed = try kernel.access(of: subject, to: object, classNumber: file).allowed
            all.append(
                Question(
                    subject: subject, object: object, isAllowed: index % 8 == 7 ? nil : allowed & wanted == wanted))
        }
        self.all = all
        self.file = file
        self.wanted = wanted
    }

    /// What the kernel says now.
    func answer(_ question: Question, _ kernel: LibSELinux) throws(Errno) -> AccessAnswer {
        try kernel.access(of: question.subject, to: question.object, classNumber: file)
    }

    func allows(_ answer: AccessAnswer) -> Bool { answer.allowed & wanted == wanted }

    /// The one to be asked at a step: one in ten is any of them, so that the cache is full again and again; the others
    /// are the same few, as a VM's are.
    subscript(step: Int) -> Question {
        all[step % 10 == 0 ? step / 10 % all.count : step % min(40, all.count)]
    }

    private static func label(_ text: String, categoriesOf index: Int? = nil) -> SecurityContext? {
        let categories = index.map { ":c\($0 % 500),c\(500 + $0 % 500)" } ?? ""
        return SecurityContext(validating: Array((text + categories).utf8))
    }
}
