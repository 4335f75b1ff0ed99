import HookPolicy

extension Policy {
    /// Each rule in a few words, its name absolute: `rw /dev/vg0/web01 kind block symlinks follow`.
    var summary: [String] {
        rules.map { rule in
            let name = rule.exactName.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "(a pattern)"
            var words = [rule.access.word, name]
            if rule.creation != nil { words.append("create") }
            if rule.kinds == .block { words.append("block") }
            if rule.kinds == .char { words.append("char") }
            if rule.kinds == [.block, .char] { words.append("device") }
            if rule.symlinks != .none { words.append(rule.symlinks.word) }
            return words.joined(separator: " ")
        }
    }

    /// Each `own` statement.
    var ownSummary: [String] {
        own.flatMap { own in own.paths.map { "\(own.kind.word) \(String(decoding: $0.path.bytes, as: UTF8.self))" } }
    }
}
