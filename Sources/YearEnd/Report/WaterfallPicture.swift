import HTMLReport
import Settlement

/// Where a region's money came from: the total cost, and what each payer took of it.
enum WaterfallPicture {
    static func write(_ waterfall: Waterfall, _ region: RegionResult, id: String, to page: inout HTMLWriter) {
        guard waterfall.total != 0 || waterfall.parts.contains(where: { $0.amount != 0 }) else {
            return page.note(Words("总费用为零，无图。", "The total cost is 0, so there is no picture."))
        }
        let scale = Scale(waterfall.range)
        var rows = [
            row(
                Words("总费用", "Total cost"), .total, waterfall.total, of: waterfall.total, scale, until: 0,
                waterfall.total)
        ]
        for part in waterfall.parts {
            rows.append(
                row(part.words, part.tone, part.amount, of: waterfall.total, scale, until: part.after, part.before))
        }
        RowPicture(
            id: id,
            title: Words("\(region.zh)：费用由谁承担（元）", "\(region.en): where the money came from, in yuan"),
            description: description(waterfall), rows: rows
        ).write(to: &page)
        page.note(
            Words(
                "自上而下：彩色为该方承担部分，灰色为其后尚待承担的部分；各部分之和等于总费用。",
                "From above: the colour is what this payer bears, the grey what is left after it; "
                    + "the parts are the total cost."))
    }

    private static func row(
        _ words: Words, _ tone: Tone, _ amount: Fen, of total: Fen, _ scale: Scale, until after: Fen, _ before: Fen
    ) -> RowPicture.Row {
        let (low, high) = (scale.position(min(after, before)), scale.position(max(after, before)))
        var bars: [RowPicture.Bar] = []
        if tone != .total, after > 0 { bars.append(RowPicture.Bar(from: scale.position(0), until: low, style: "left")) }
        bars.append(RowPicture.Bar(from: low, until: high, style: tone.rawValue))
        let tick = (position: tone == .total ? low : high, style: amount == 0 ? "t-none" : tone.rawValue)
        return RowPicture.Row(
            words: words, figure: FigureText.yuan(amount), share: FigureText.share(amount, of: total), bars: bars,
            tick: tick)
    }

    private static func description(_ waterfall: Waterfall) -> Words {
        func list(_ words: (Words) -> String) -> String {
            waterfall.parts.map { "\(words($0.words)) \(FigureText.yuan($0.amount))" }.joined(separator: "; ")
        }
        let total = FigureText.yuan(waterfall.total)
        return Words("总费用 \(total)：\(list(\.zh))。", "Total cost \(total): \(list(\.en)).")
    }

    /// Amounts as shares of the picture's width.
    private struct Scale {
        let low: Fen
        let width: Double

        init(_ range: ClosedRange<Fen>) {
            low = range.lowerBound
            width = Double(range.upperBound) - Double(range.lowerBound)
        }

        func position(_ amount: Fen) -> Double { width == 0 ? 0 : (Double(amount) - Double(low)) / width }
    }
}
