/// A table of texts with aligned columns.
package struct TextTable {
    package enum Side: Sendable {
        case left, right
    }

    private var sides: [Side]
    private var rows: [[String]] = []
    /// Rows before which a rule is drawn.
    private var rules: Set<Int> = []

    package init(_ sides: [Side]) { self.sides = sides }

    /// A row; missing cells are empty.
    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// A line across, before the next row.
    package mutating func addRule() { rules.insert(rows.count) }

    /// The rows, two spaces between columns, without spaces at the end of a line.
    package func lines() -> [String] {
        var widths = [Int](repeating: 0, count: sides.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], DisplayWidth.of(cell)) }
        }
        let full = widths.reduce(0, +) + 2 * (widths.count - 1)
        var lines: [String] = []
        for (number, row) in rows.enumerated() {
            if rules.contains(number) { lines.append(String(repeating: "-", count: full)) }
            var line = ""
            for (index, side) in sides.enumerated() {
                if index > 0 { line += "  " }
                let cell = index < row.count ? row[index] : ""
                line +=
                    side == .left
                    ? DisplayWidth.padded(cell, to: widths[index]) : DisplayWidth.aligned(cell, to: widths[index])
            }
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines
    }
}
