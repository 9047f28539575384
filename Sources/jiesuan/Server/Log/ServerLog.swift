import Dispatch
import Foundation
import Logging
import RPC
import Synchronization
import Text

/// The server's log on the standard error, a line for each event with time, level and words. It must never block the
/// server: a queue of its own writes the lines, and lines that are not read, or exceed the rate, are counted and
/// dropped.
final class ServerLog: Sendable {
    /// Lines waiting to be written at most; 256 lines are some 50 KB.
    static let waitingMax = 256
    /// Lines a second at most, so that a flood of bad connections does not fill the disk.
    static let linesPerSecondMax = 50
    /// The same for problems of the server, so that a flood of connections does not hide them.
    static let problemsPerSecondMax = 50
    /// The wait for the last lines at the end of the server.
    static let flushSeconds = 1.0

    private struct Second {
        var number: UInt64 = 0
        var lines = 0
        var problems = 0
        var leftOut = 0
    }

    /// Whether start and stop are left out, for a server started by another command.
    private let isQuiet: Bool
    private let format: LogFormat
    /// Which lines are written.
    let control: LogControl
    private let queue = DispatchQueue(label: "jiesuan.log")
    private let waiting = Atomic<Int>(0)
    private let second = Mutex(Second())

    init(isQuiet: Bool = false, format: LogFormat = .text, control: LogControl = LogControl()) {
        self.isQuiet = isQuiet
        self.format = format
        self.control = control
    }

    /// - Parameters:
    ///   - line: evaluated only if it is written.
    ///   - level: nil: a warning where it is a problem, else a notice.
    ///   - fields: what programs look for in it.
    ///   - isNeeded: written regardless of the rate, except in a quiet log: start and stop.
    ///   - isProblem: a problem of the server itself, counted apart from lines caused by connections.
    func write(
        _ line: @autoclosure () -> String, level: Logger.Level? = nil, isNeeded: Bool = false, isProblem: Bool = false,
        fields: @autoclosure () -> [(name: String, value: String)] = []
    ) {
        if isNeeded, isQuiet { return }
        let level = level ?? (isProblem ? .warning : .notice)
        guard level >= control.level, let leftOut = admit(isNeeded, isProblem) else { return }
        if leftOut > 0 { putNotice(leftOut) }
        put(LogLine(time: LogLine.now, level: level, message: line(), fields: fields()))
    }

    private func putNotice(_ leftOut: Int) {
        put(
            LogLine(
                time: LogLine.now, level: .warning, message: "jiesuan: \(counted(leftOut, "line")) left out",
                fields: [("left_out", "\(leftOut)")]))
    }

    private func put(_ line: LogLine) {
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            Terminal.write(line.text(as: format) + "\n")
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// Waits until the queued lines are written, or are not read; writes the number of lines left out since the last.
    func flush() {
        let leftOut = second.withLock { second in
            defer { second.leftOut = 0 }
            return second.leftOut
        }
        if leftOut > 0 { putNotice(leftOut) }
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + Self.flushSeconds)
    }

    /// The number of lines left out before this one; nil: this one is too.
    private func admit(_ isNeeded: Bool, _ isProblem: Bool) -> Int? {
        let now = DispatchTime.now().uptimeNanoseconds / 1_000_000_000
        return second.withLock { second in
            if second.number != now {
                second.number = now
                second.lines = 0
                second.problems = 0
            }
            if isProblem { second.problems += 1 } else { second.lines += 1 }
            let isTooMany =
                (isProblem ? second.problems > Self.problemsPerSecondMax : second.lines > Self.linesPerSecondMax)
                || waiting.load(ordering: .relaxed) >= Self.waitingMax
            if isTooMany, !isNeeded {
                second.leftOut += 1
                return nil
            }
            defer { second.leftOut = 0 }
            return second.leftOut
        }
    }
}

/// A log handler that writes the libraries' messages to a `ServerLog`.
struct ServerLogHandler: LogHandler {
    let log: ServerLog
    /// The log's own, which changes while the server runs; a logger's is not asked.
    var logLevel: Logger.Level {
        get { log.control.level }
        set {}
    }
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.write(
            "\(event.message)", level: event.level, isProblem: event.level >= .warning,
            fields: (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    }
}
