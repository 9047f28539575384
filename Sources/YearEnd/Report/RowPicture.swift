import Settlement

/// A picture of horizontal bars, one below the other, each under its label, in SVG that follows the page's width.
///
/// Places across are shares of the width, letters and heights are pixels: so labels keep their size on a narrow screen,
/// and never meet, however small a bar is.
package struct RowPicture {
    struct Bar {
        /// Of the range, 0 … 1.
        let from: Double
        let until: Double
        let style: String
    }

    struct Row {
        let words: Words
        /// At the right, beside the Chinese words.
        let figure: String
        /// At the right, beside the English words.
        let share: String
        /// From the back to the front.
        let bars: [Bar]
        /// Where the row's own bar begins, and the style of its mark, which shows also where the bar has no width.
        let tick: (place: Double, style: String)?
    }

    /// Unique on the page.
    let id: String
    let title: Words
    let description: Words
    let rows: [Row]
    /// False: a row has one line of words.
    var hasTwoLines = true

    /// Pixels of a row: one or two lines of words, the bar, a gap.
    private var rowHeight: Int { barTop + 22 }
    private var barTop: Int { hasTwoLines ? 36 : 19 }
    private static let barHeight = 14
    /// Share of the width below which a bar is left to its mark: half of what places are written to.
    private static let leastWidth = 0.000_05
    /// Letters that fit beside the share where the page is 360 pixels wide, a Chinese one counting two: there share and
    /// figure change places, by the style sheet.
    package static let labelWidthMax = 38
    /// English letters that fit beside the figure there; longer words are left out there, the table has them.
    private static let narrowWidthMax = 24
    /// English letters that fit beside the share on any wider page.
    private static let englishWidthMax = 60

    func write(to page: inout HTMLWriter) {
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
                picture.element("title", ["id": "\(id)-title"], text: "\(title.zh) · \(title.en)")
                picture.element("desc", ["id": "\(id)-description"], text: "\(description.zh) \(description.en)")
                for (place, row) in rows.enumerated() { write(row, top: place * rowHeight, to: &picture) }
            }
        }
    }

    private func write(_ row: Row, top: Int, to picture: inout HTMLWriter) {
        let (first, second) = ("\(top + 14)", "\(top + 29)")
        let label = Self.cut(row.words.zh, Self.labelWidthMax)
        picture.element("text", ["class": "label", "x": "0", "y": first], text: label)
        picture.element("text", ["class": "amount", "x": "100%", "y": first], text: row.figure)
        if hasTwoLines {
            let english = Self.cut(row.words.en, Self.englishWidthMax)
            let style = Self.width(english) > Self.narrowWidthMax ? "label-en wide" : "label-en"
            picture.element("text", ["class": style, "x": "0", "y": second, "lang": "en"], text: english)
            picture.element("text", ["class": "share", "x": "100%", "y": second], text: row.share)
        }
        let (y, height) = ("\(top + barTop)", "\(Self.barHeight)")
        picture.void("rect", ["class": "track", "x": "0", "y": y, "width": "100%", "height": height])
        for bar in row.bars where bar.until - bar.from >= Self.leastWidth {
            picture.void(
                "rect",
                [
                    "class": bar.style, "x": Self.percent(bar.from), "y": y,
                    "width": Self.percent(bar.until - bar.from), "height": height,
                ])
        }
        guard let tick = row.tick else { return }
        // Two pixels wide by its style, within the picture also at its edges.
        let x = Self.percent(min(max(tick.place, 0.002), 0.998))
        picture.void(
            "line",
            [
                "class": "tick \(tick.style)", "x1": x, "x2": x, "y1": "\(top + barTop - 2)",
                "y2": "\(top + barTop + Self.barHeight + 2)",
            ])
    }

    /// "12.34%"; whole hundredths, so that the bytes are the same everywhere.
    private static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let cents = hundredths % 100
        return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)%"
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
