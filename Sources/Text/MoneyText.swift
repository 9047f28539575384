import Settlement

/// Amounts and ratios as people read them.
package enum MoneyText {
    /// Yuan with two decimals and separators: 1,234.50.
    package static func yuan(_ amount: Fen) -> String {
        let magnitude = amount.magnitude
        let fraction = magnitude % 100
        let sign = amount < 0 ? "-" : ""
        return "\(sign)\(grouped(magnitude / 100)).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// A count with separators: 1,000,000.
    package static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Basis points as percent without superfluous zeros: 70 %, 62.5 %.
    package static func percent(_ ratio: BasisPoints) -> String {
        let whole = ratio / 100
        let rest = ratio % 100
        if rest == 0 { return "\(whole) %" }
        if rest % 10 == 0 { return "\(whole).\(rest / 10) %" }
        return "\(whole).\(rest < 10 ? "0" : "")\(rest) %"
    }
}
