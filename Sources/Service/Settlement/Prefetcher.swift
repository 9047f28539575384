import Dispatch
import Glibc
import Synchronization

/// A prefetcher: pieces are used in order on one thread while a second thread prepares the next ones.
///
/// A piece that the second thread has not begun is prepared by the thread that needs it, so nothing waits for a thread
/// that has no core.
package final class Prefetcher: @unchecked Sendable {
    // Safe to share: one call of `run` at a time, and what its two threads share is atomic.

    /// At most this many pieces are prepared but unused; piece n + `piecesUnderWayMax` reuses piece n's memory.
    package static let piecesUnderWayMax = 16
    /// With fewer pieces than this the second thread is not woken.
    package static let piecesMin = 8
    /// Spins before the waiting thread yields its core.
    private static let looksMax = 1_000

    /// The call that is under way, and whether the second thread takes part in it.
    private struct Turn {
        var number = 0
        var isHelped = false
        var prepare: (@Sendable (Int) -> Void)?
    }

    private let queue = DispatchQueue(label: "jiesuan.prefetch")
    private let turn = Mutex(Turn())
    private let count = Atomic(0)
    /// The next piece that nobody has begun to prepare.
    private let next = Atomic(0)
    private let used = Atomic(0)
    /// Slot n modulo `piecesUnderWayMax` holds 1 + the number of the last prepared piece.
    private let prepared = (0..<piecesUnderWayMax).map { _ in Flag() }
    private let isWaiting = Atomic(false)
    private let room = DispatchSemaphore(value: 0)
    private let gone = DispatchSemaphore(value: 0)

    package init() {}

    private final class Flag: Sendable {
        let value = Atomic(0)
    }

    /// Prepares and uses the pieces in their order, until `use` returns false; `use` on the calling thread, `prepare`
    /// there or on another one.
    ///
    /// - Returns: the first unused piece; it and later ones must be prepared again before use.
    @discardableResult
    package func run(
        pieces: Range<Int>, prepare: @escaping @Sendable (Int) -> Void, use: (Int) -> Bool
    ) -> Int {
        if pieces.count < Self.piecesMin {
            for piece in pieces {
                prepare(piece)
                if !use(piece) { return piece + 1 }
            }
            return pieces.upperBound
        }
        begin(pieces, prepare)
        defer { end(pieces.upperBound) }
        for piece in pieces {
            obtain(piece, prepare)
            let goesOn = use(piece)
            used.store(piece + 1, ordering: .sequentiallyConsistent)
            if isWaiting.load(ordering: .sequentiallyConsistent), piece % (Self.piecesUnderWayMax / 2) == 0 {
                room.signal()
            }
            if !goesOn { return piece + 1 }
        }
        return pieces.upperBound
    }

    private func begin(_ pieces: Range<Int>, _ prepare: @escaping @Sendable (Int) -> Void) {
        for flag in prepared { flag.value.store(0, ordering: .relaxed) }
        used.store(pieces.lowerBound, ordering: .relaxed)
        next.store(pieces.lowerBound, ordering: .relaxed)
        count.store(pieces.upperBound, ordering: .sequentiallyConsistent)
        let number = turn.withLock { turn in
            turn.number += 1
            turn.prepare = prepare
            return turn.number
        }
        queue.async { self.help(number) }
    }

    /// Returns when `piece` is prepared.
    private func obtain(_ piece: Int, _ prepare: (Int) -> Void) {
        if next.load(ordering: .acquiring) == piece, take(piece) { return prepare(piece) }
        let flag = prepared[piece % Self.piecesUnderWayMax]
        var looks = 0
        while flag.value.load(ordering: .acquiring) != piece + 1 {
            looks += 1
            if looks > Self.looksMax { sched_yield() }
        }
    }

    private func take(_ piece: Int) -> Bool {
        next.compareExchange(expected: piece, desired: piece + 1, ordering: .sequentiallyConsistent).exchanged
    }

    /// Waits until the second thread no longer uses `prepare`.
    private func end(_ pieces: Int) {
        // Takes the remaining pieces away from the second thread.
        next.store(pieces, ordering: .sequentiallyConsistent)
        let isHelped = turn.withLock { turn in
            turn.prepare = nil
            defer { turn.isHelped = false }
            return turn.isHelped
        }
        guard isHelped else { return }
        room.signal()
        gone.wait()
    }

    // MARK: On the second thread

    private func help(_ number: Int) {
        let prepare = turn.withLock { turn -> (@Sendable (Int) -> Void)? in
            guard turn.number == number, let prepare = turn.prepare else { return nil }
            turn.isHelped = true
            return prepare
        }
        guard let prepare else { return }
        let count = count.load(ordering: .sequentiallyConsistent)
        while true {
            let piece = next.load(ordering: .sequentiallyConsistent)
            if piece >= count { break }
            if piece >= used.load(ordering: .sequentiallyConsistent) + Self.piecesUnderWayMax {
                isWaiting.store(true, ordering: .sequentiallyConsistent)
                if piece >= used.load(ordering: .sequentiallyConsistent) + Self.piecesUnderWayMax { room.wait() }
                isWaiting.store(false, ordering: .sequentiallyConsistent)
            } else if take(piece) {
                prepare(piece)
                prepared[piece % Self.piecesUnderWayMax].value.store(piece + 1, ordering: .releasing)
            }
        }
        gone.signal()
    }
}
