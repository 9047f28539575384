import Logging
import Synchronization

/// What stands in a server's log, changed while it runs; any thread may ask and change it.
package final class LogControl: Sendable {
    /// An hour: a request that takes longer is slow in any case.
    package static let slowMillisecondsMax = 3_600_000

    private let levelIndex: Atomic<Int>
    private let slow: Atomic<UInt64>

    /// - Parameters:
    ///   - level: of the lines that are written, and all above it.
    ///   - slowMilliseconds: a request that takes as long is written; 0: none is.
    package init(level: Logger.Level = .notice, slowMilliseconds: Int = 0) {
        levelIndex = Atomic(Self.index(of: level))
        slow = Atomic(UInt64(clamping: slowMilliseconds) * 1_000_000)
    }

    package var level: Logger.Level {
        get { Logger.Level.allCases[levelIndex.load(ordering: .relaxed)] }
        set { levelIndex.store(Self.index(of: newValue), ordering: .relaxed) }
    }

    /// The levels that one may ask for, by name.
    package static let levelNames = ["debug", "info", "notice", "warning", "error"]

    package var levelName: String { "\(level)" }

    /// Sets the level by its name; false, and nothing changed, where there is none of it.
    package func setLevel(named name: String) -> Bool {
        guard Self.levelNames.contains(name), let found = Logger.Level(rawValue: name) else { return false }
        level = found
        return true
    }

    package var slowMilliseconds: Int {
        get { Int(slow.load(ordering: .relaxed) / 1_000_000) }
        set { slow.store(UInt64(clamping: newValue) * 1_000_000, ordering: .relaxed) }
    }

    /// Whether a request that took so long is to be written.
    @inline(__always)
    func isSlow(_ nanoseconds: UInt64) -> Bool {
        let limit = slow.load(ordering: .relaxed)
        return limit != 0 && nanoseconds >= limit
    }

    private static func index(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}
