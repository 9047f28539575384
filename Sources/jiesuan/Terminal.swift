import Foundation
import Policy
import Synchronization
import Text

/// `write(2)`, whose name `Terminal.write` covers.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// Output: results go to the standard output, progress and errors to the standard error.
enum Terminal {
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1

    static func complain(_ message: String, prefix: String = "jiesuan: ") {
        write(prefix + message + "\n")
    }

    /// Writes to the standard error; if that is closed or full, only the text is lost.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let base = rest.baseAddress, !rest.isEmpty {
                let written = systemWrite(STDERR_FILENO, base, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    /// Prints and flushes: another program may be waiting for the line.
    static func announce(_ text: String, terminator: String = "\n") {
        print(text, terminator: terminator)
        fflush(nil)
    }
}

/// Shows the progress of a run: a bar redrawn in place on a terminal, a plain line now and then elsewhere.
final class Progress: Sendable {
    /// Interval between two drawings on a terminal.
    private static let drawSeconds = 0.1
    /// Interval between two lines in a log.
    private static let lineSeconds = 5.0
    private static let barWidth = 30

    private struct State {
        var shown: Date
        var isDrawn = false
    }

    private let what: String
    private let start: Date
    private let interval: Double
    private let state: Mutex<State>

    init(_ what: String) {
        self.what = what
        start = Date()
        state = Mutex(State(shown: start))
        interval = Terminal.isErrorTerminal ? Self.drawSeconds : Self.lineSeconds
    }

    var seconds: Double { Date().timeIntervalSince(start) }

    /// - Parameter share: 0 … 1; nil: unknown.
    func show(_ count: Int, share: Double?) {
        state.withLock { state in
            let now = Date()
            guard now.timeIntervalSince(state.shown) >= interval else { return }
            state.shown = now
            state.isDrawn = true
            draw(count, share: share)
        }
    }

    /// Ends the bar, if one was drawn.
    func finish(_ count: Int) {
        state.withLock { state in
            guard state.isDrawn else { return }
            draw(count, share: 1)
            if Terminal.isErrorTerminal { Terminal.write("\n") }
        }
    }

    private func draw(_ count: Int, share: Double?) {
        let speed = MoneyText.grouped(UInt64(Double(count) / max(seconds, 0.001)))
        let counted = "\(MoneyText.grouped(UInt64(count))) \(what), \(speed)/s"
        guard Terminal.isErrorTerminal else { return Terminal.write(counted + "\n") }
        guard let share else { return Terminal.write("\r\(counted)\u{1B}[K") }
        let filled = Int(Double(Self.barWidth) * min(max(share, 0), 1))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
        Terminal.write("\r[\(bar)] \(Int(share * 100)) %  \(counted)\u{1B}[K")
    }
}
