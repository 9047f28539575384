import Glibc
import RPC
import Synchronization

/// A toy request that is worked on in steps: adds 1 to a counter of the toy ledger so many times.
///
/// Message: the counter, the number of steps, and how many microseconds each of them takes (one byte each); then any
/// number of bytes. The answer is the counter's value and the serial number of the last step.
final class ToyBatch: SteppedWork {
    /// What happened, for tests to look at and to hold up.
    final class Log: Sendable {
        let steps = Atomic(0)
        let turns = Atomic(0)
        let prepared = Mutex<[UInt64]>([])
        /// The second bytes of `Work`'s messages, in the order in which they were worked on.
        let worked = Mutex<[UInt8]>([])
        /// Called before every step, with how many came before it.
        let beforeStep = Mutex<(@Sendable (Int) -> Void)?>(nil)
    }

    private let ledger: ToyLedger
    private let store: ToyStore
    private let log: Log
    private let key: Int
    private let microseconds: UInt32
    private var left: Int
    private var last: (value: UInt64, serial: UInt64) = (0, 0)

    private init(_ ledger: ToyLedger, _ store: ToyStore, _ log: Log, _ message: UnsafeRawBufferPointer) {
        self.ledger = ledger
        self.store = store
        self.log = log
        key = Int(message[0])
        left = Int(message[1])
        microseconds = UInt32(message[2])
    }

    static func method(_ ledger: ToyLedger, _ store: ToyStore, _ log: Log) -> Method {
        Method(service: ToySequencer.service, name: "Batch") { message, context in
            guard message.count >= 3 else { return .refused(.failed(.badRequest, "a batch has three bytes")) }
            log.prepared.withLock { $0.append(UInt64((context.state as! ToyState).index)) }
            return .work(ToyBatch(ledger, store, log, message))
        }
    }

    func proceed(_ context: WorkerContext) -> CallStatus? {
        log.turns.add(1, ordering: .relaxed)
        while left > 0 {
            log.beforeStep.withLock { $0 }?(log.steps.add(1, ordering: .relaxed).oldValue)
            if microseconds > 0 { usleep(microseconds) }
            ledger.values[key] += 1
            ledger.serial += 1
            last = (ledger.values[key], ledger.serial)
            store.record()
            left -= 1
            if left > 0, context.call.mustYield { return nil }
        }
        return .ok
    }

    func answer(_ reply: inout ReplyWriter, _ context: WorkerContext) -> CallStatus {
        ToySequencer.answer(last.value, last.serial, &reply)
    }

    func brokenOff(by failure: CallStatus) -> CallStatus {
        .failed(failure.code, failure.text + "; broken off")
    }
}
