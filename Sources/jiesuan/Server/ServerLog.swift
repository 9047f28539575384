import Dispatch
import Foundation
import Logging
import Synchronization
import Text

/// The server's log on the standard error, which must never hold the server up: lines are written by a queue of their
/// own, and where nobody takes them, or too many come, they are counted and left out.
final class ServerLog: Sendable {
    /// Lines that may wait to be written; 256 are a screenful of trouble and some 50 KB.
    static let waitingMax = 256
    /// Lines a second: a flood of bad connections must not fill the disk.
    static let linesPerSecondMax = 50
    /// The same for what goes wrong: no flood of connections may hide it.
    static let problemsPerSecondMax = 50
    /// How long the end of the server waits for the last lines.
    static let flushSeconds = 1.0

    private struct Second {
        var number: UInt64 = 0
        var lines = 0
        var problems = 0
        var leftOut = 0
    }

    /// Start and stop are left out: for a server that another command starts for itself.
    private let isQuiet: Bool
    private let queue = DispatchQueue(label: "jiesuan.log")
    private let waiting = Atomic<Int>(0)
    private let second = Mutex(Second())

    init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

    /// - Parameters:
    ///   - line: made only if it is written.
    ///   - isNeeded: written however many lines came, but for a quiet log: start and stop.
    ///   - isProblem: something is wrong with the server itself: counted apart from what connections make it say.
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

    /// Waits until what was written is out, or nobody takes it; says how many lines were left out since the last one.
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

    /// How many lines were left out before this one; nil: this one is too.
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

/// What the libraries log, as lines of a `ServerLog`.
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
