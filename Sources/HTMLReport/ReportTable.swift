/// A table of a report: heads for columns and rows, figures aligned at the right, a scroll box of its own.
package struct ReportTable {
    package struct Column {
        package let words: Words
        package let isFigure: Bool

        package static func text(_ zh: String, _ en: String) -> Column {
            Column(words: Words(zh, en), isFigure: false)
        }

        package static func figure(_ zh: String, _ en: String) -> Column {
            Column(words: Words(zh, en), isFigure: true)
        }
    }

    package enum Cell {
        case words(Words)
        /// With the colour by which pictures show it.
        case payer(Words, Tone)
        case plain(String)
        /// In letters of one width.
        case code(String)
        /// As `code`, and may be broken anywhere.
        case digest(String)
        case figure(String)
        /// In words beside a sign, marked by colour too.
        case mark(Words, isOver: Bool)
        /// What is as it should be, said in words and marked by colour too.
        case good(Words)
        case sparkline(Sparkline)
    }

    package let caption: Words
    package let columns: [Column]
    /// In smaller letters: for many columns of figures.
    package var isDense = false
    package var rows: [[Cell]] = []
    /// The row of sums; nil: none.
    package var foot: [Cell]?

    package init(
        caption: Words, columns: [Column], isDense: Bool = false, rows: [[Cell]] = [], foot: [Cell]? = nil
    ) {
        self.caption = caption
        self.columns = columns
        self.isDense = isDense
        self.rows = rows
        self.foot = foot
    }

    package func write(to page: inout HTMLWriter) {
        let label = caption.joined(page.lead)
        page.element("div", ["class": "scroll", "role": "region", "aria-label": label, "tabindex": "0"]) { box in
            box.element("table", ["class": isDense ? "dense" : "plain"]) { table in
                table.element("caption") { $0.say(caption) }
                table.element("thead") { head in
                    head.element("tr") { row in
                        for column in columns {
                            let style = column.isFigure ? "figure" : "text"
                            row.element("th", ["scope": "col", "class": style]) { $0.say(column.words) }
                        }
                    }
                }
                table.element("tbody") { body in for cells in rows { Self.write(cells, to: &body) } }
                if let foot { table.element("tfoot") { Self.write(foot, to: &$0) } }
            }
        }
    }

    private static func write(_ cells: [Cell], to part: inout HTMLWriter) {
        part.element("tr") { row in
            for (position, cell) in cells.enumerated() {
                if position == 0 {
                    row.element("th", ["scope": "row"]) { write(cell, to: &$0) }
                } else {
                    row.element("td", ["class": cell.style]) { write(cell, to: &$0) }
                }
            }
        }
    }

    private static func write(_ cell: Cell, to page: inout HTMLWriter) {
        switch cell {
        case .words(let words): page.say(words)
        case .payer(let words, let tone):
            page.element("span", ["class": "key \(tone.rawValue)", "aria-hidden": "true"], text: "")
            page.say(words)
        case .plain(let text), .figure(let text): page.text(text)
        case .code(let text), .digest(let text): page.element("code", text: text)
        case .mark(let words, _), .good(let words): page.say(words)
        case .sparkline(let picture): picture.write(to: &page)
        }
    }
}

extension ReportTable.Cell {
    fileprivate var style: String {
        switch self {
        case .figure: "figure"
        case .digest: "digest"
        case .mark(_, let isOver): isOver ? "mark over" : "mark"
        case .good: "mark good"
        case .words, .payer, .plain, .code, .sparkline: "text"
        }
    }

    package static func yuan(_ amount: Int64) -> Self { .figure(FigureText.yuan(amount)) }
    package static func change(_ amount: Int64) -> Self { .figure(FigureText.change(amount)) }
    package static func count(_ number: Int) -> Self { .figure(FigureText.count(number)) }
}

/// A colour of the pictures and their keys; the style sheet has one for light and one for dark.
package enum Tone: String, CaseIterable, Sendable {
    case total = "t-total"
    case pool = "t-pool"
    case largeAmount = "t-large"
    case criticalIllness = "t-critical"
    case assistance = "t-assistance"
    case reassistance = "t-reassistance"
    case supplementary = "t-supplementary"
    case account = "t-account"
    case cash = "t-cash"
    case recoverable = "t-recoverable"
}
