/// Which statements may stand where, and how often.
extension PolicyReader {
    /// The first statement of the main file says the version of the language, and no other one does.
    mutating func checkBeginning(_ statement: Statement, depth: Int) {
        let isFirst = !hasBegun
        hasBegun = true
        guard statement.keyword == .openhook else {
            if isFirst { diagnostics.add(Diagnostic(.error, at: statement.span, "a policy begins with `openhook 1`")) }
            return
        }
        guard statement.arguments.count == 1 else {
            diagnostics.add(statement.malformed)
            return
        }
        guard statement.arguments[0].isBare("1") else {
            // What follows may be in a language that is not known here.
            let version = statement.arguments[0]
            diagnostics.addLast(
                version.error("version `\(version.shown)` of the language: only version 1 is known here"))
            return
        }
        guard isFirst else {
            let message =
                depth > 0 ? "an included file does not repeat `openhook 1`" : "`openhook 1` is the first statement"
            diagnostics.add(Diagnostic(.error, at: statement.span, message))
            return
        }
    }

    mutating func checkPlace(_ statement: Statement) -> Bool {
        let word = statement.keyword.rawValue
        switch (statement.keyword.place, block) {
        case (.anywhere, _), (.outsideRoots, nil), (.insideRoot, .some): return true
        case (.outsideRoots, .some(let open)):
            let note = Diagnostic.Note("the block is opened here", at: open.span)
            diagnostics.add(statement.first.error("`\(word)` stands outside roots", notes: [note]))
            if statement.keyword == .root, statement.arguments.last?.isBare("{") == true { block?.nested += 1 }
            return false
        case (.insideRoot, nil):
            let message = statement.keyword == .close ? "`}` closes nothing" : "`\(word)` stands inside a root"
            diagnostics.add(statement.first.error(message))
            return false
        }
    }

    mutating func checkSingle(_ statement: Statement) -> Bool {
        guard statement.keyword.isSingle else { return true }
        let isOfRoot = statement.keyword.place == .insideRoot
        let before = isOfRoot ? block?.stated[statement.keyword] : stated[statement.keyword]
        guard let before else {
            if isOfRoot {
                block?.stated[statement.keyword] = statement.span
            } else {
                stated[statement.keyword] = statement.span
            }
            return true
        }
        let note = Diagnostic.Note("the first one is here", at: before)
        diagnostics.add(
            Diagnostic(.error, at: statement.span, "a second `\(statement.keyword.rawValue)`", notes: [note]))
        return false
    }
}
