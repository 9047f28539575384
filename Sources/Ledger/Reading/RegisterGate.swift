import Dispatch
import Registry
import Synchronization

/// A readers-writer lock of the registers: several threads may read, or the sequencer may write.
///
/// The writer has priority: it waits only for readers already inside, and later readers wait behind it. A long read
/// yields on request (`RegisterReading.mustGiveWay`) and starts over. Settling changes no register, and never waits.
package final class RegisterGate: Sendable {
    private struct State {
        var readers = 0
        /// Whether the sequencer waits or writes.
        var isTaken = false
        var waitingReaders = 0
    }

    private let state = Mutex(State())
    private let lastReaderLeft = DispatchSemaphore(value: 0)
    private let readersMayEnter = DispatchSemaphore(value: 0)
    private let wanted = Atomic(false)

    package init() {}

    /// Whether the sequencer waits for readers.
    var isWanted: Bool { wanted.load(ordering: .relaxed) }

    // MARK: On the sequencer

    /// Runs `body`, which changes registers, while no thread reads them. Not reentrant.
    package func change(_ body: () -> Void) {
        let mustWait = state.withLock { state in
            state.isTaken = true
            return state.readers > 0
        }
        if mustWait {
            wanted.store(true, ordering: .relaxed)
            lastReaderLeft.wait()
            wanted.store(false, ordering: .relaxed)
        }
        body()
        let waiting = state.withLock { state in
            defer { state.waitingReaders = 0 }
            state.isTaken = false
            return state.waitingReaders
        }
        for _ in 0..<waiting { readersMayEnter.signal() }
    }

    // MARK: On any other thread

    /// Runs `body` while no register changes. `body` must not call the sequencer, which may be waiting for it:
    /// deadlock.
    package func read<Value, Failure: Error>(
        _ body: (RegisterReading) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        enter()
        defer { leave() }
        return try body(RegisterReading(self))
    }

    private func enter() {
        while true {
            let isIn = state.withLock { state in
                if state.isTaken { state.waitingReaders += 1 } else { state.readers += 1 }
                return !state.isTaken
            }
            if isIn { return }
            readersMayEnter.wait()
        }
    }

    private func leave() {
        let isLast = state.withLock { state in
            state.readers -= 1
            return state.readers == 0 && state.isTaken
        }
        if isLast { lastReaderLeft.signal() }
    }
}

/// A read in progress.
package struct RegisterReading {
    /// The longest wait of the sequencer for one read, in nanoseconds.
    private static let patience: UInt64 = 50_000_000

    private let gate: RegisterGate
    private let begin = DispatchTime.now().uptimeNanoseconds

    init(_ gate: RegisterGate) { self.gate = gate }

    /// Whether the sequencer waits and this read has lasted so long that it should end and start over. Costs a
    /// nanosecond while the sequencer does not wait.
    package var mustGiveWay: Bool {
        gate.isWanted && DispatchTime.now().uptimeNanoseconds &- begin > Self.patience
    }
}
