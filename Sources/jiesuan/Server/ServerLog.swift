import Dispatch
import Foundation
import Logging
import Synchronization
import Text

/// The server's log on the standard error, which must never block the server: a queue of its own writes the lines, and
/// lines that are not read, or exceed the rate, are counted and dropped.
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
    private let queue = DispatchQueue(label: "jiesuan.log")
    private let waiting = Atomic<Int>(0)
    private let second = Mutex(Second())

    init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

    /// - Parameters:
    ///   - line: evaluated only if it is written.
    ///   - isNeeded: written regardless of the rate, except in a quiet log: start and stop.
    ///   - isProblem: a problem of the server itself, counted apart from lines caused by connections.
    func write(_ line: @autoclosure () -> String, isNeeded: Bool = false, isProblem: Bool = false) {
        if isNeeded, isQuiet { return }
        let leftOut = admit(isNeeded, isProblem)
        guard let leftOut else { return }
        put(leftOut > 0 ? Self.notice(leftOut) + line() : line())
    }

    private static func notice(_ leftOut: Int) -> String { "jiesuan: \(counted(leftOut, "line")) left out\n" }

    private func put(_ text: String) {
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            Terminal.write(text.hasSuffix("\n") ? text : text + "\n")
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// Waits until the queued lines are written, or are not read; writes the number of lines left out since the last.
    func flush() {
        let leftOut = second.withLock { second in
            defer { second.leftOut = 0 }
            return second.leftOut
        }
        if leftOut > 0 { put(Self.notice(leftOut)) }
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
    var logLevel: Logger.Level = .notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.write(
            "\(Date().ISO8601Format()) \(event.level) \(event.message)", isProblem: event.level >= .warning)
    }
}
