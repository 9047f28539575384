import Settlement
import Text

/// A bill in lines: names on the left, amounts in one column on the right.
struct BillText {
    /// Columns of a line: room for names in two languages.
    static var width: Int { 96 }
    /// Columns of the bars of the waterfall.
    static var barWidth: Int { 30 }
    /// Amounts of a layer's own sum stand this far left of the bill's amounts.
    private static var innerGap: Int { 14 }
    private static var detailIndent: Int { 3 }

    private var lines: [String] = []

    /// The lines, each ended by a line feed.
    var text: String {
        var text = lines
        while text.last == "" { text.removeLast() }
        return text.joined(separator: "\n") + "\n"
    }

    mutating func line(_ text: String) { lines.append(text) }

    mutating func space() {
        if lines.last != "" { lines.append("") }
    }

    /// A name and its amount in the bill's own column.
    mutating func amount(_ name: String, _ amount: Fen, indent: Int = 0) {
        pair(String(repeating: " ", count: indent) + name, MoneyText.yuan(amount), to: Self.width)
    }

    /// A name and its amount in the inner column, for how a layer's payment comes about.
    mutating func column(_ name: String, _ amount: Fen) {
        let indent = String(repeating: " ", count: Self.detailIndent)
        pair(indent + name, MoneyText.yuan(amount), to: Self.width - Self.innerGap)
    }

    /// A name without an amount of its own.
    mutating func remark(_ text: String) {
        paragraph(text, indent: Self.detailIndent, hanging: Self.detailIndent + 2)
    }

    /// A remark about the layer or the bill as a whole.
    mutating func note(_ text: String) { remark("* " + text) }

    /// A rule, where it stands in the source and the source's words; our interpretation where the source is silent.
    mutating func cite(_ cited: Explanation.Cited) {
        let citation = cited.citation
        var line = "[\(citation.rule)]"
        if cited.role != .also { line += " \(cited.role.label.both)" }
        if !citation.words.isEmpty {
            line += ": \(citation.document) \(citation.article)「\(citation.words)」"
        }
        remark(line)
        if citation.interpretations.isEmpty, citation.note == nil { return }
        var text = "* "
        if !citation.interpretations.isEmpty {
            text += "本系统的解释 our reading \(citation.interpretations.joined(separator: ", "))"
        }
        if let note = citation.note { text += (text.count > 2 ? ": " : "") + note.both }
        paragraph(text, indent: Self.detailIndent + 2, hanging: Self.detailIndent + 4)
    }

    /// A text over as many lines as it takes.
    mutating func paragraph(_ text: String, indent: Int, hanging: Int) {
        for (index, line) in DisplayWidth.wrapped(text, to: Self.width - hanging).enumerated() {
            lines.append(String(repeating: " ", count: index == 0 ? indent : hanging) + line)
        }
    }

    /// A payment as a bar: `paid` of `total`, beginning where `from` of it is covered.
    mutating func bar(_ name: Label, _ paid: Fen, from: Fen, of total: Fen) {
        let nameWidth = Self.width - Self.barWidth - 18
        var shown = DisplayWidth.of(name.both) <= nameWidth ? name.both : name.zh
        while DisplayWidth.of(shown) > nameWidth { shown.removeLast() }
        func position(_ amount: Fen) -> Int {
            total == 0 ? 0 : Int(share(of: Fen(Self.barWidth), part: amount, whole: total))
        }
        let start = position(from)
        // A payment that is there shows, however small.
        let length = max(position(from + paid) - start, paid > 0 ? 1 : 0)
        let bar = String(repeating: " ", count: min(start, Self.barWidth - 1)) + String(repeating: "#", count: length)
        let amount = DisplayWidth.aligned(MoneyText.yuan(paid), to: 14)
        lines.append(trimmed("  " + DisplayWidth.padded(shown, to: nameWidth) + amount + "  " + bar))
    }

    private mutating func pair(_ name: String, _ amount: String, to width: Int) {
        let room = width - DisplayWidth.of(amount) - 1
        if DisplayWidth.of(name) <= room {
            lines.append(DisplayWidth.padded(name, to: room + 1) + amount)
            return
        }
        let indent = name.prefix { $0 == " " }.count
        var parts = DisplayWidth.wrapped(String(name.dropFirst(indent)), to: room - indent - 2)
        let last = parts.removeLast()
        for (index, part) in parts.enumerated() {
            lines.append(String(repeating: " ", count: indent + (index == 0 ? 0 : 2)) + part)
        }
        lines.append(DisplayWidth.padded(String(repeating: " ", count: indent + 2) + last, to: room + 1) + amount)
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}

extension Explanation.Role {
    var label: Label {
        switch self {
        case .ratio: Label(zh: "比例", en: "ratio")
        case .deductible: Label(zh: "起付线", en: "deductible")
        case .cap: Label(zh: "限额", en: "limit")
        case .payers: Label(zh: "基金限额", en: "funds")
        case .also: Label(zh: "另见", en: "also")
        }
    }
}
