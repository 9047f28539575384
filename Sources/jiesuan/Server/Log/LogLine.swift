import ArgumentParser
import Glibc
import Logging
import Text

/// How lines of the log are written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// One event of the server, as one line of its log.
struct LogLine {
    /// Milliseconds since 1970.
    var time: Int64
    var level: Logger.Level
    var message: String
    /// What programs look for; in the text the message has it in its words.
    var fields: [(name: String, value: String)] = []

    /// `2026-11-30T08:00:00.123Z notice jiesuan: draining`, or the same as an object of JSON.
    func text(as format: LogFormat) -> String {
        guard format == .json else { return "\(Self.text(of: time)) \(level) \(Self.oneLine(message))" }
        var json = JSONText(indents: false)
        json.object { json in
            json.field("time", Self.text(of: time))
            json.field("level", "\(level)")
            json.field("message", message)
            for (name, value) in fields { json.field(name, value) }
        }
        return json.text
    }

    /// A message of several lines would look like several events.
    private static func oneLine(_ message: String) -> String {
        guard message.utf8.contains(where: { $0 < 0x20 }) else { return message }
        return String(message.map { $0.isNewline || ($0.asciiValue ?? 0x20) < 0x20 ? " " : $0 })
    }

    /// In UTC, to the millisecond.
    static func text(of milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: some BinaryInteger, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let day = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
        let hour = "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
        return "\(day)T\(hour).\(digits(milliseconds % 1_000, 3))Z"
    }

    /// Now, in milliseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
