/// A heading with labelled facts below it, for people:
///
///     granted: /srv/images/web01.qcow2
///       rule   vm.policy:12
struct Card {
    enum Filling {
        /// Broken into lines where it is too long.
        case wrapped
        /// One line, to be copied.
        case whole
    }

    private let heading: String
    private var facts: [(label: String, text: String, filling: Filling)] = []

    init(_ heading: String) { self.heading = heading }

    mutating func add(_ label: String, _ text: String, _ filling: Filling = .wrapped) {
        facts.append((label, text, filling))
    }

    /// With a line feed at the end.
    func text(on page: Page) -> String {
        let labelWidth = facts.map(\.label.count).max() ?? 0
        var text = heading + "\n"
        for fact in facts {
            let lines =
                switch fact.filling {
                case .wrapped: Page.wrap(fact.text, width: max(20, page.columns - labelWidth - 5))
                case .whole: [fact.text]
                }
            for (index, line) in lines.enumerated() {
                let label = index == 0 ? fact.label : ""
                text += "  " + label + String(repeating: " ", count: labelWidth - label.count + 2) + line + "\n"
            }
        }
        return text
    }
}
