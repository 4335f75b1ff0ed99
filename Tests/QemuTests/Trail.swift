import Foundation

/// The audit records of a server.
struct Trail {
    let records: [JSON]

    /// - Throws: if a line is not JSON.
    init(_ text: some StringProtocol) throws {
        records = try text.split(separator: "\n").map { try JSON(parsing: $0.utf8) }
    }

    /// What the last of several servers wrote into the same file.
    var ofLastServer: Trail {
        Trail(records.suffix(from: records.lastIndex { $0["event"] == "started" } ?? 0))
    }

    private init(_ records: some Sequence<JSON>) { self.records = Array(records) }

    func of(_ event: String) -> [JSON] { records.filter { $0["event"]?.text == event } }

    /// Each refusal once, as `ENOENT name`, names without the directory of images.
    func refusals(in images: String) -> Set<String> {
        Set(of("refused").map { "\($0["errno"]?.text ?? "?") \(Self.shortName($0, in: images))" })
    }

    /// The names that were asked for and handed over.
    func opened(in images: String) -> Set<String> {
        Set(of("opened").map { Self.shortName($0, in: images) })
    }

    private static func shortName(_ record: JSON, in images: String) -> String {
        let name = record["name"]?.text ?? "?"
        return name.hasPrefix(images + "/") ? String(name.dropFirst(images.count + 1)) : name
    }

    /// What is wrong with the trail of a server that has ended: each file that was opened was handed over, once, and
    /// each request has one end.
    var gaps: [String] {
        var gaps: [String] = []
        let opened = of("opened").compactMap { $0["request"]?.integer }
        let handedOver = of("handed-over").compactMap { $0["request"]?.integer }
        let refused = of("refused").compactMap { $0["request"]?.integer }
        if opened.sorted() != handedOver.sorted() {
            gaps.append("opened, not handed over: \(Set(opened).symmetricDifference(handedOver))")
        }
        let answered = opened + refused
        if Set(answered).count != answered.count { gaps.append("answered twice: \(answered.sorted())") }
        let created = of("creating").compactMap { $0["request"]?.integer }
        if !Set(created).isSubset(of: opened) { gaps.append("created, not opened: \(created)") }
        let notHandedOver = of("not-handed-over")
        if !notHandedOver.isEmpty { gaps.append("not handed over: \(notHandedOver)") }
        for event in ["protocol-violation", "connection-refused", "policy-kept"] where !of(event).isEmpty {
            gaps.append("\(of(event))")
        }
        if records.first?["event"] != "started" { gaps.append("does not begin with `started`") }
        if records.last?["event"] != "stopped" { gaps.append("does not end with `stopped`") }
        return gaps
    }

    /// The end of it, to be shown with a failure.
    var lastRecords: String {
        records.suffix(6).map { record in
            (try? record.line()).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }.joined()
    }
}
