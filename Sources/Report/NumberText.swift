import Foundation
import HTMLReport

/// Measured figures as the report prints them.
package enum NumberText {
    /// Thousands separated, rounded to `digits` (0 … 4) after the point.
    package static func decimals(_ value: Double, _ digits: Int) -> String {
        let scale = [1, 10, 100, 1_000, 10_000][min(max(digits, 0), 4)]
        let scaled = (value.magnitude * Double(scale)).rounded()
        // Beyond, doubles do not tell such digits apart.
        guard scaled < 9e15 else { return FigureText.none }
        let number = Int(scaled)
        let sign = value < 0 && number != 0 ? "−" : ""
        let whole = sign + FigureText.count(number / scale)
        if scale == 1 { return whole }
        let rest = String(number % scale)
        return whole + "." + String(repeating: "0", count: digits - rest.count) + rest
    }

    /// A rate or a count: more digits where it is small.
    package static func figure(_ value: Double) -> String {
        switch value.magnitude {
        case 100...: decimals(value, 0)
        case 10..<100: decimals(value, 1)
        case 0: "0"
        case 0.01..<10: decimals(value, 2)
        default: decimals(value, 4)
        }
    }

    /// A number that somebody chose, without zeros at its end: "20", "0.8", "0.001".
    package static func chosen(_ value: Double) -> String {
        let text = decimals(value, 4)
        guard text.contains(".") else { return text }
        let short = text.reversed().drop { $0 == "0" }
        return String(short.drop { $0 == "." }.reversed())
    }

    /// Rounded down to three digits that count: 951,000,000 of 951,246,720.
    package static func significant(_ value: Double) -> Double {
        guard value >= 1_000 else { return value.rounded(.down) }
        let step = pow(10, log10(value).rounded(.down) - 2)
        return (value / step).rounded(.down) * step
    }

    package static func ratio(_ value: Double) -> String {
        switch value.magnitude {
        case 99.95...: decimals(value, 0)
        case 9.995..<99.95: decimals(value, 1)
        default: decimals(value, 2)
        }
    }

    /// "2.345" of nanoseconds.
    package static func milliseconds(_ nanoseconds: Double) -> String { decimals(nanoseconds / 1e6, 3) }

    /// "27.0 %" of 0.27; never rounded to nothing.
    package static func percent(_ share: Double) -> String {
        if share != 0, share.magnitude < 0.0005 { return share < 0 ? "−<0.1 %" : "<0.1 %" }
        return decimals(share * 100, 1) + " %"
    }

    /// "+3.1 %" of 0.031.
    package static func change(_ share: Double) -> String {
        let text = decimals(share * 100, 1)
        return (share > 0 && text != "0.0" ? "+" : "") + text + " %"
    }

    package static func mebibytes(_ bytes: UInt64) -> String { decimals(Double(bytes) / 1_048_576, 0) + " MiB" }

    /// "12.3 s", "1 min 24 s", "2 h 05 min".
    package static func duration(_ seconds: Double) -> String {
        guard seconds < ResultsReader.figureMax else { return FigureText.none }
        if seconds < 59.95 { return decimals(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        if whole < 3_600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        let minutes = Int((seconds / 60).rounded())
        return "\(FigureText.count(minutes / 60)) h \(two(minutes % 60)) min"
    }

    /// As `duration`, in Chinese.
    package static func durationZh(_ seconds: Double) -> String {
        duration(seconds).replacing(" min", with: " 分").replacing(" h", with: " 小时").replacing(" s", with: " 秒")
    }

    /// "392,000 (310,500 – 415,000)"; one round: the value alone.
    package static func spread(_ spread: Spread, _ text: (Double) -> String = figure) -> String {
        spread.rounds == 1 ? text(spread.median) : "\(text(spread.median)) (\(range(spread, text)))"
    }

    /// "310,500 – 415,000"; a dash where there was one round.
    package static func range(_ spread: Spread, _ text: (Double) -> String = figure) -> String {
        spread.rounds == 1 ? FigureText.none : "\(text(spread.min)) – \(text(spread.max))"
    }
}
