/// A security context in which `${level}` stands for the level of the peer's label at the request.
package struct LabelTemplate: Sendable {
    package enum Segment: Sendable, Hashable {
        case bytes([UInt8])
        case level
    }

    package let segments: [Segment]
    package let span: SourceSpan

    /// The context; nil if it needs a level and there is none.
    package func context(level: [UInt8]?) -> [UInt8]? {
        var context: [UInt8] = []
        for segment in segments {
            switch segment {
            case .bytes(let bytes): context += bytes
            case .level:
                guard let level, !level.isEmpty else { return nil }
                context += level
            }
        }
        return context
    }
}

/// Equal if they say the same, wherever they stand.
extension LabelTemplate: Hashable {
    package static func == (left: LabelTemplate, right: LabelTemplate) -> Bool {
        left.segments == right.segments
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(segments)
    }
}
