import Records
import Registry
import Settlement

extension Moment {
    /// "2024-07-01 08:30:00 (Beijing time)".
    package var text: String { "\(clockText) (Beijing time)" }

    /// "2024-07-01 08:30:00", by the clock of China.
    package var clockText: String {
        let seconds = (milliseconds - Moment(startOf: date).milliseconds) / 1_000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        return "\(date.description) \(time)"
    }
}
