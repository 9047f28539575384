import Yams

/// YAML bytes → nodes that know their lines.
package enum YAMLText {
    /// Reads one document without anchors, or reports why not.
    ///
    /// - Parameter empty: what to report of a file without a value; nil: nothing.
    package static func root(of text: String, problems: ProblemList, empty: String?) -> Node? {
        // An alias may stand for any amount of text; a pack that is read by people writes it out.
        let anchors = linesWithAnchors(text)
        for line in anchors {
            problems.add(line, "YAML anchors and aliases (& and *) are not read: write the text out")
        }
        guard anchors.isEmpty else { return nil }
        do {
            // Every value is a text to us: whether `no` or `2024` is something else is not YAML's to say.
            if let node = try Yams.compose(yaml: text, .basic) { return node }
            if let empty { problems.add(1, empty) }
        } catch let error as YamlError {
            report(error, text: text, problems: problems)
        } catch {
            problems.add(0, "cannot be read as YAML: \(error)")
        }
        return nil
    }

    /// Lines that have `&x` or `*x` where a value may begin.
    private static func linesWithAnchors(_ text: String) -> [Int] {
        var lines: [Int] = []
        var line = 1
        var previous: UInt8 = 10
        var sign = false
        for byte in text.utf8 {
            if sign, isWordByte(byte), lines.last != line { lines.append(line) }
            let beginsValue = [9, 10, 13, 32, 44, 91, 123].contains(previous)
            sign = beginsValue && (byte == 38 || byte == 42)
            if byte == 10 { line += 1 }
            previous = byte
        }
        return lines
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte == 45
    }

    private static func report(_ error: YamlError, text: String, problems: ProblemList) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let before = context.map { " (\($0.text) in line \($0.mark.line))" } ?? ""
            problems.add(mark.line, "not YAML: \(problem)\(before)")
        case .reader(let problem, let offset, _, _):
            let line = text.prefix(offset ?? 0).reduce(1) { $0 + ($1.isNewline ? 1 : 0) }
            problems.add(line, "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            problems.add(context.mark.line, "\(names) stands twice in the same table: keep one")
        default:
            problems.add(0, "cannot be read as YAML: \(error)")
        }
    }
}

extension Node {
    package var line: Int { mark?.line ?? 0 }

    /// What the node is, for messages.
    package var kindName: String {
        switch self {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .mapping: "a table"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
