internal import CSeccomp
internal import HookLinux
internal import SystemPackage

/// From rules to a BPF program, by libseccomp.
enum FilterCompiler {
    static func compile(_ rules: [FilterRule]) throws(NotifyFilter.Failure) -> [UInt8] {
        guard let context = unsafe seccomp_init(oh_scmp_allow()) else { throw .library("seccomp_init", .noMemory) }
        defer { unsafe seccomp_release(context) }
        try step("SCMP_FLTATR_ACT_BADARCH") {
            unsafe seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, oh_scmp_kill_process())
        }
        // A tree rather than a list: every call of the process runs through the filter.
        try step("SCMP_FLTATR_CTL_OPTIMIZE") { unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) }
        for rule in rules {
            guard let number = try number(of: rule.call) else { continue }
            let conditions = rule.conditions.map(\.comparison)
            try step("\(rule.call)") {
                unsafe conditions.withUnsafeBufferPointer {
                    unsafe seccomp_rule_add_array(
                        context, rule.action.code, number, UInt32($0.count), $0.baseAddress)
                }
            }
        }
        return try unsafe export(context)
    }

    /// - Returns: nil for a call that this architecture does not have.
    private static func number(of call: SystemCallName) throws(NotifyFilter.Failure) -> Int32? {
        switch call.meaning {
        case .number(let number): return number
        case .absent: return nil
        // Left out it would be allowed.
        case .unknown: throw .unknownCall("\(call)")
        }
    }

    private static func export(_ context: scmp_filter_ctx) throws(NotifyFilter.Failure) -> [UInt8] {
        do throws(Errno) {
            let file = try MemoryFile()
            let result = unsafe seccomp_export_bpf(context, file.descriptor.number)
            guard result == 0 else { throw Errno(rawValue: 0 &- result) }
            return try file.contents()
        } catch {
            throw .library("seccomp_export_bpf", error)
        }
    }

    private static func step(_ what: String, _ call: () -> CInt) throws(NotifyFilter.Failure) {
        let result = call()
        guard result == 0 else { throw .library(what, Errno(rawValue: 0 &- result)) }
    }
}

extension FilterRule.Action {
    fileprivate var code: UInt32 {
        switch self {
        case .notify: oh_scmp_notify()
        case .fail(let errno): oh_scmp_errno(UInt16(truncatingIfNeeded: errno.rawValue))
        }
    }
}

extension FilterRule.Condition {
    fileprivate var comparison: scmp_arg_cmp {
        scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: UInt64(mask), datum_b: UInt64(value))
    }
}
