/// The statements that are about the VM and its peers.
extension PolicyReader {
    mutating func readVM(_ statement: Statement) throws(Diagnostic) {
        // Something has to stand for a wrong value, or each use of the variable would be an error too.
        variables.define(Array("vm".utf8), as: Array("vm".utf8), at: statement.span)
        let word = try statement.arguments(1)[0]
        let vm = try name(word, as: "the name of a VM")
        draft.vm = vm
        variables.define(Array("vm".utf8), as: vm, at: word.span)
    }

    mutating func readUUID(_ statement: Statement) throws(Diagnostic) {
        variables.define(Array("uuid".utf8), as: Array("uuid".utf8), at: statement.span)
        let word = try statement.arguments(1)[0]
        let uuid = try bytes(word, as: "a UUID")
        let groups = uuid.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12], groups.joined().allSatisfy(isHexDigit) else {
            throw word.error("a UUID has 8-4-4-4-12 hexadecimal digits")
        }
        draft.uuid = uuid
        variables.define(Array("uuid".utf8), as: uuid, at: word.span)
    }

    mutating func readSELinux(_ statement: Statement) throws(Diagnostic) {
        let word = try statement.arguments(1)[0]
        guard let requirement = SELinuxRequirement.allCases.first(where: { word.isBare($0.word) }) else {
            throw unknown("word", word, oneOf: SELinuxRequirement.allCases.map(\.word))
        }
        draft.selinux = requirement
    }

    mutating func readVariable(_ statement: Statement) throws(Diagnostic) {
        let words = try statement.arguments(2)
        let name = Array(words[0].bytes)
        let isName = name.allSatisfy { isLetter($0) || isDigit($0) || Array("_-".utf8).contains($0) }
        guard isName, name.count <= 64, isLetter(name[0]) || name[0] == UInt8(ascii: "_") else {
            throw words[0].error(
                "the name of a variable consists of letters, digits, `_` and `-`, begins with a letter or `_`, "
                    + "and has at most 64 of them")
        }
        guard !Variables.predefined.contains(name) else {
            throw words[0].error("`\(escaped(name))` is predefined")
        }
        if let first = variables[name] {
            let note = Diagnostic.Note("the first one is here", at: first.span)
            throw words[0].error("the variable `\(escaped(name))` is defined twice", notes: [note])
        }
        let value = attempt { reader throws(Diagnostic) in
            let value = try reader.symbols(words[1])
            // An empty value could make two wildcards one, and a pattern wider than it looks.
            guard !value.isEmpty else { throw words[1].error("the value of a variable is empty") }
            return value.map(\.byte)
        }
        variables.define(name, as: value ?? name, at: words[0].span)
    }

    mutating func readRate(_ statement: Statement) throws(Diagnostic) {
        let words = statement.arguments
        if words.count == 1, words[0].isBare("off") {
            draft.rate = .unlimited
            return
        }
        guard words.count >= 3, words[1].isBare("burst") else { throw statement.malformed }
        if words.count > 3 { throw statement.unexpected(words[3]) }
        draft.rate = .limited(
            perSecond: try number(words[0], as: "a rate"), burst: try number(words[2], as: "a burst"))
    }

    mutating func readOwn(_ statement: Statement) throws(Diagnostic) {
        guard let word = statement.arguments.first else { throw statement.malformed }
        guard let kind = OwnStatement.Kind.allCases.first(where: { word.isBare($0.word) }) else {
            throw unknown("word", word, oneOf: OwnStatement.Kind.allCases.map(\.word))
        }
        let words = statement.arguments.dropFirst()
        guard !words.isEmpty else { throw statement.malformed }
        let paths = words.compactMap { word in
            attempt { reader throws(Diagnostic) in
                OwnStatement.Path(path: try reader.path(word, as: "what QEMU may use"), span: word.span)
            }
        }
        draft.own.append(OwnStatement(kind: kind, paths: paths, span: statement.span))
    }

    mutating func readIOUring(_ statement: Statement) throws(Diagnostic) {
        let word = try statement.arguments(1)[0]
        guard word.isBare("allow") else { throw unknown("word", word, oneOf: ["allow"]) }
        draft.ioUring = .allowed
    }
}
