/// A picture of horizontal bars, one below the other, each under its label, in SVG that follows the page's width.
///
/// Positions across are shares of the width, letters and heights are pixels: so labels keep their size on a narrow
/// screen, and never meet, however small a bar is.
package struct RowPicture {
    package struct Bar: Sendable {
        /// Of the range, 0 … 1.
        let from: Double
        let until: Double
        let style: String

        package init(from: Double, until: Double, style: String) {
            self.from = from
            self.until = until
            self.style = style
        }
    }

    package struct Row: Sendable {
        let words: Words
        /// At the right, beside the first line of words.
        let figure: String
        /// At the right, beside the second line.
        let share: String
        /// From the back to the front.
        let bars: [Bar]
        /// Where the row's own bar begins, and the style of its mark, which shows also where the bar has no width.
        let tick: (position: Double, style: String)?

        package init(
            words: Words, figure: String, share: String, bars: [Bar], tick: (position: Double, style: String)? = nil
        ) {
            self.words = words
            self.figure = figure
            self.share = share
            self.bars = bars
            self.tick = tick
        }
    }

    /// Unique on the page.
    let id: String
    let title: Words
    let description: Words
    let rows: [Row]
    /// False: a row has one line of words.
    let hasTwoLines: Bool

    package init(id: String, title: Words, description: Words, rows: [Row], hasTwoLines: Bool = true) {
        self.id = id
        self.title = title
        self.description = description
        self.rows = rows
        self.hasTwoLines = hasTwoLines
    }

    /// Pixels of a row: one or two lines of words, the bar, a gap.
    private var rowHeight: Int { barTop + 22 }
    private var barTop: Int { hasTwoLines ? 36 : 19 }
    private static let barHeight = 14
    /// Share of the width below which a bar is left to its mark: half of what places are written to.
    private static let leastWidth = 0.000_05
    /// Letters that fit beside the share where the page is 360 pixels wide, a Chinese one counting two: there share and
    /// figure change places, by the style sheet.
    package static let labelWidthMax = 38
    /// Letters of the second line that fit beside the figure there; longer words are left out: the table has them.
    private static let narrowWidthMax = 24
    /// Letters of the second line that fit beside the share on any wider page.
    private static let secondWidthMax = 60

    package func write(to page: inout HTMLWriter) {
        let names = "\(id)-title \(id)-description"
        let height = "\(rows.count * rowHeight)"
        page.element("figure") { figure in
            figure.element("figcaption") { $0.say(title) }
            figure.element(
                "svg",
                [
                    "class": hasTwoLines ? "rows two" : "rows", "role": "img", "aria-labelledby": names,
                    "width": "100%", "height": height,
                ]
            ) { picture in
                picture.element("title", ["id": "\(id)-title"], text: title.joined(picture.lead))
                picture.element("desc", ["id": "\(id)-description"], text: description.spaced(picture.lead))
                for (position, row) in rows.enumerated() { write(row, top: position * rowHeight, to: &picture) }
            }
        }
    }

    private func write(_ row: Row, top: Int, to picture: inout HTMLWriter) {
        let (first, second) = ("\(top + 14)", "\(top + 29)")
        let words = row.words.ordered(picture.lead)
        let label = Self.cut(words.first, Self.labelWidthMax)
        picture.element("text", ["class": "label", "x": "0", "y": first], text: label)
        picture.element("text", ["class": "amount", "x": "100%", "y": first], text: row.figure)
        if hasTwoLines {
            let below = Self.cut(words.second, Self.secondWidthMax)
            let style = Self.width(below) > Self.narrowWidthMax ? "label-en wide" : "label-en"
            let language = picture.lead.secondCode
            picture.element("text", ["class": style, "x": "0", "y": second, "lang": language], text: below)
            picture.element("text", ["class": "share", "x": "100%", "y": second], text: row.share)
        }
        let (y, height) = ("\(top + barTop)", "\(Self.barHeight)")
        picture.void("rect", ["class": "track", "x": "0", "y": y, "width": "100%", "height": height])
        for bar in row.bars where bar.until - bar.from >= Self.leastWidth {
            picture.void(
                "rect",
                [
                    "class": bar.style, "x": Coordinate.percent(bar.from), "y": y,
                    "width": Coordinate.percent(bar.until - bar.from), "height": height,
                ])
        }
        guard let tick = row.tick else { return }
        // Two pixels wide by its style, within the picture also at its edges.
        let x = Coordinate.percent(min(max(tick.position, 0.002), 0.998))
        picture.void(
            "line",
            [
                "class": "tick \(tick.style)", "x1": x, "x2": x, "y1": "\(top + barTop - 2)",
                "y2": "\(top + barTop + Self.barHeight + 2)",
            ])
    }

    /// The text, or as much of it as fits, with an ellipsis; the table beside has all of it.
    package static func cut(_ text: String, _ widthMax: Int) -> String {
        guard width(text) > widthMax else { return text }
        var kept = ""
        var width = 0
        for letter in text {
            width += Self.width(String(letter))
            if width > widthMax - 2 { break }
            kept.append(letter)
        }
        return kept + "…"
    }

    /// In letters of the Latin alphabet, of which a Chinese one is as wide as two.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) }
    }
}
