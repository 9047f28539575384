import HTMLReport

/// A table in Markdown whose columns line up also where nobody renders it.
package enum MarkdownTable {
    /// Columns that need not line up to be read: beyond, a cell is as long as it is.
    private static let padMax = 60

    package static func lines(_ table: ReportTable) -> [String] {
        let head = table.columns.map { escape(text($0.words)) }
        let rows = (table.rows + (table.foot.map { [$0] } ?? [])).map { $0.map { escape(text($0)) } }
        let widths = head.indices.map { column in
            let cells = [head[column]] + rows.compactMap { column < $0.count ? $0[column] : nil }
            return max(3, cells.map(columns).filter { $0 <= padMax }.max() ?? 3)
        }
        func line(_ cells: [String]) -> String {
            let padded = widths.indices.map { column in
                let cell = column < cells.count ? cells[column] : ""
                let rest = String(repeating: " ", count: max(0, widths[column] - columns(cell)))
                return table.columns[column].isFigure ? rest + cell : cell + rest
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.indices.map { column in
            let dashes = String(repeating: "-", count: widths[column] - 1)
            return table.columns[column].isFigure ? dashes + ":" : dashes + "-"
        }
        return [line(head), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line)
    }

    /// Columns that a text takes where letters have one width; Chinese ones take two.
    package static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                sum + 2
            default: sum + 1
            }
        }
    }

    private static func text(_ words: Words) -> String { words.en.isEmpty ? words.zh : words.en }

    private static func text(_ cell: ReportTable.Cell) -> String {
        switch cell {
        case .words(let words), .payer(let words, _), .mark(let words, _), .good(let words): text(words)
        case .plain(let text), .code(let text), .digest(let text), .figure(let text): text
        case .sparkline: ""
        }
    }

    /// Text that Markdown shows as it is.
    package static func escape(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "|", "`", "*", "[", "]", "#": shown += "\\" + String(scalar)
            case "<": shown += "&lt;"
            case ">": shown += "&gt;"
            case "&": shown += "&amp;"
            case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": shown += " "
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
