import Dispatch
import Registry
import Synchronization

/// Lets several threads read the registers while nobody changes them, and the sequencer change them while nobody reads.
///
/// The sequencer only waits for readers that are reading when it wants to change something: later ones wait behind it.
/// A reader that takes long gives way when it is asked to (`RegisterReading.mustGiveWay`) and begins anew. Settling
/// changes no register, and waits for nobody.
package final class RegisterGate: Sendable {
    private struct State {
        var readers = 0
        /// The sequencer waits, or changes something.
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

    /// Runs `body`, which changes registers, when nobody reads them. Not within itself.
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

    /// Runs `body` while no register changes. Within it nothing may be asked of the sequencer, which may be waiting.
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

/// One reading of the registers, while it lasts.
package struct RegisterReading {
    /// How long the sequencer may be kept waiting, in nanoseconds.
    private static let patience: UInt64 = 50_000_000

    private let gate: RegisterGate
    private let begin = DispatchTime.now().uptimeNanoseconds

    init(_ gate: RegisterGate) { self.gate = gate }

    /// Whether the sequencer wants to change something, and this reading has lasted so long that it should end and
    /// begin anew; a nanosecond while nobody waits.
    package var mustGiveWay: Bool {
        gate.isWanted && DispatchTime.now().uptimeNanoseconds &- begin > Self.patience
    }
}
