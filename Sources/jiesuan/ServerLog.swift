import Dispatch
import Foundation
import Logging
import Synchronization

/// The server's log on the standard error, which must never hold the server up: lines are written by a queue of their
/// own, and where nobody takes them, or too many come, they are counted and left out.
final class ServerLog: Sendable {
    /// Lines that may wait to be written; 256 are a screenful of trouble and some 50 KB.
    static let waitingMax = 256
    /// Lines a second: a flood of bad connections must not fill the disk.
    static let linesPerSecondMax = 50
    /// How long the end of the server waits for the last lines.
    static let flushSeconds = 1.0

    private struct Second {
        var number: UInt64 = 0
        var lines = 0
        var leftOut = 0
    }

    /// Start and stop are left out: for a server that another command starts for itself.
    private let isQuiet: Bool
    private let queue = DispatchQueue(label: "jiesuan.log")
    private let waiting = Atomic<Int>(0)
    private let second = Mutex(Second())

    init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

    /// - Parameter isNeeded: written however many lines came, but for a quiet log: start and stop.
    func write(_ line: String, isNeeded: Bool = false) {
        if isNeeded, isQuiet { return }
        let leftOut = admit(isNeeded)
        guard let leftOut else { return }
        let notice = leftOut > 0 ? "jiesuan: \(leftOut) lines left out\n" : ""
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            Terminal.write(notice + line + "\n")
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// Waits until what was written is out, or nobody takes it.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + Self.flushSeconds)
    }

    /// How many lines were left out before this one; nil: this one is too.
    private func admit(_ isNeeded: Bool) -> Int? {
        let now = DispatchTime.now().uptimeNanoseconds / 1_000_000_000
        return second.withLock { second in
            if second.number != now {
                second.number = now
                second.lines = 0
            }
            second.lines += 1
            let isTooMany =
                second.lines > Self.linesPerSecondMax || waiting.load(ordering: .relaxed) >= Self.waitingMax
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
        log.write("\(Date().ISO8601Format()) \(event.level) \(event.message)")
    }
}
