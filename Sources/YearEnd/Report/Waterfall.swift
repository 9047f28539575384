import HTMLReport
import Settlement

/// A region's total cost taken down payer by payer to nothing: the parts of a waterfall picture.
package struct Waterfall {
    package struct Part {
        package let words: Words
        package let tone: Tone
        package let amount: Fen
        /// Left to be borne before this part, and after it; in fen.
        package let before: Fen
        package let after: Fen
    }

    package let total: Fen
    package let parts: [Part]
    /// Left after the last part: 0, since the parts are the total (G-7).
    package let rest: Fen

    package init(_ year: PayerYear) {
        total = year.total
        var left = total
        var parts: [Part] = []
        for payer in year.payers where payer.tone != .recoverable || payer.final != 0 {
            parts.append(
                Part(
                    words: payer.words, tone: payer.tone, amount: payer.final, before: left,
                    after: left - payer.final))
            left -= payer.final
        }
        self.parts = parts
        rest = left
    }

    /// The least and the most that stands in the picture: 0 and the total, or beyond where a part is negative.
    package var range: ClosedRange<Fen> {
        let ends = parts.map(\.after) + [0, total]
        return ends.min()!...ends.max()!
    }
}
