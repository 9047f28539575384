import Text

/// Figures as reports print them: thousands separated, amounts in yuan with two digits, a true minus sign.
///
/// Amounts are in fen.
package enum FigureText {
    package static let none = "—"

    /// "−1,234,567.89" yuan.
    package static func yuan(_ amount: Int64) -> String {
        let cents = amount.magnitude % 100
        let text = MoneyText.grouped(amount.magnitude / 100) + (cents < 10 ? ".0" : ".") + String(cents)
        return amount < 0 ? "−" + text : text
    }

    /// As `yuan`, with a plus above zero.
    package static func change(_ amount: Int64) -> String { amount > 0 ? "+" + yuan(amount) : yuan(amount) }

    /// "¥1.00", the sign before the mark.
    package static func money(_ amount: Int64) -> String {
        let text = yuan(amount)
        return amount < 0 ? "−¥" + text.dropFirst() : "¥" + text
    }

    /// "1,234".
    package static func count(_ number: Int) -> String {
        let text = MoneyText.grouped(UInt64(number.magnitude))
        return number < 0 ? "−" + text : text
    }

    /// "12.34 %" for 1234.
    package static func percent(basisPoints: Int64) -> String { yuan(basisPoints) + " %" }

    /// The part's share, rounded half up; never 0 % or 100 % where it is not; a dash where there is no total.
    package static func share(_ part: Int64, of total: Int64) -> String {
        guard total != 0 else { return none }
        let (upper, lower) = (Int128(part.magnitude), Int128(total.magnitude))
        let hundredths = (upper * 20_000 + lower) / (2 * lower)
        let sign = (part < 0) != (total < 0) && part != 0 ? "−" : ""
        if hundredths == 0, part != 0 { return sign + "<0.01 %" }
        if hundredths == 10_000, part.magnitude < total.magnitude { return sign + ">99.99 %" }
        return sign + percent(basisPoints: Int64(clamping: hundredths))
    }
}
