import LedgerFormat
import LedgerIndex
import LedgerStore
import Records
import Registry
import Settlement
import Synchronization

/// Handling of store failures: the state is rolled back to the last durable block, reads go on, writes are refused
/// until the store accepts an append again.
extension Ledger {
    /// Called before every read of the ledger: the state behind an answer must be the durable one.
    package func readyToRead() throws(DomainRefusal) {
        callsSinceSeal += 1
        if queue.hasFailed, let failure = queue.progress().failure {
            try mend(failure)
        } else if isReloadNeeded || derived.isDamaged {
            try repairIndexes()
        }
    }

    /// Called before every write to the ledger; refuses while the store accepts no append.
    package func ready() throws(DomainRefusal) {
        callsSinceSeal += 1
        if queue.hasFailed, let failure = queue.progress().failure {
            try mend(failure)
            if queue.hasFailed { throw Self.unavailable(failure) }
        } else if isReloadNeeded || derived.isDamaged {
            try repairIndexes()
        }
        if journal.isAtBlockStart { try checkClock() }
    }

    /// Logs a request that is refused because the ledger is unavailable, with the reason; other refusals are not
    /// logged.
    package func tell(ofAnswer refusal: DomainRefusal, _ method: String) {
        guard refusal.code == .storeUnavailable else { return }
        observer(LedgerIncident(.answeredUnavailable, "\(method): \(refusal.line)"))
    }

    /// Rolls the state back to the last durable block, and retries the store when a retry is due; refuses where the
    /// state cannot be read.
    private func mend(_ failure: StoreFailure) throws(DomainRefusal) {
        // Only in the first call since `seal`: the state behind an earlier answer must not change before that is
        // sealed.
        guard callsSinceSeal == 1 else {
            if isRolledBack { return }
            throw Self.unavailable(failure)
        }
        if !isRolledBack || isReloadNeeded || derived.isDamaged {
            guard retry.isDue else { throw Self.unavailable(failure) }
            if derived.isDamaged { derived.repair() }
            isReloadNeeded = true
            do throws(LedgerProblem) { try rollBack() } catch {
                retry.failed()
                observer(LedgerIncident(.notRolledBack, "the state as it is durable cannot be read: \(error)"))
                throw Self.unavailable(failure)
            }
        }
        guard retry.isDue else { return }
        retry.begin()
        do throws(LedgerProblem) { try takeUpAgain() } catch {
            retry.failed()
            observer(LedgerIncident(.notRecovered, "the store was tried again and takes nothing: \(error)"))
        }
    }

    /// Rebuilds the state from the durable blocks; writes stay refused.
    private func rollBack() throws(LedgerProblem) {
        let durable: UInt64
        do throws(StoreFailure) { durable = try store.lastSequence() } catch { throw .store(error) }
        derived.rollback(after: durable)
        try reload()
        queue.rolledBack(durable: journal.lastSealed)
        isRolledBack = true
        retry = StoreRetry(clock)
        observer(
            LedgerIncident(
                .rolledBack,
                "what did not become durable is taken back, up to block \(durable); reading goes on, "
                    + "writing is refused (4107) until the store takes something again"))
    }

    private func takeUpAgain() throws(LedgerProblem) {
        let (durable, mark): (UInt64, JournalEnd)
        do throws(StoreFailure) {
            try store.recover()
            // Read before the mark is written: the mark reuses the number of the first lost block.
            durable = try store.lastSequence()
            // A test append, before any write is accepted again.
            mark = try writeMark()
        } catch {
            throw .store(error)
        }
        if durable == journal.lastSealed {
            derived.seal(mark.sequence)
            derived.confirm(mark.sequence, mark: UInt64(mark.checksum))
            journal = Journal(
                store: store, queue: queue, clock: clock, derived: derived, last: mark, tally: blockCache)
        } else {
            // A commit with unknown outcome is in the store.
            try reload()
        }
        queue.clear(durable: journal.lastSealed)
        isRolledBack = false
        retry = StoreRetry(clock)
        observer(LedgerIncident(.recovered, "the store takes everything again, from block \(journal.lastSealed) on"))
    }

    /// Rebuilds the state from the store.
    private func reload() throws(LedgerProblem) {
        snapshot = nil
        let (books, end) = try Self.load(
            store: store, library: library, archive: archive, derived: derived, observer: observer,
            progress: { _, _ in })
        self.books = books
        journal = Journal(
            store: store, queue: queue, clock: clock, derived: derived, last: end, tally: blockCache)
        isReloadNeeded = false
    }

    /// Rebuilds damaged indexes from the journal as soon as every recorded block is durable; refuses until then.
    private func repairIndexes() throws(DomainRefusal) {
        if !isReloadNeeded, let damage = derived.damage {
            observer(LedgerIncident(.derivedUnusable, "an index is damaged (\(damage)): it is made anew"))
        }
        guard callsSinceSeal == 1, queue.progress().durable == journal.lastSealed else {
            throw DomainRefusal(
                .storeUnavailable, "", "",
                "an index is damaged and is being made anew from the journal; nothing was recorded: try again at once")
        }
        // The indexes are incomplete until the journal has been replayed: no look-up is allowed.
        isReloadNeeded = true
        derived.repair()
        do throws(LedgerProblem) {
            try reload()
            queue.clear(durable: journal.lastSealed)
            observer(LedgerIncident(.indexMadeAnew, "the index was made anew from the journal and is in use"))
        } catch {
            observer(LedgerIncident(.derivedUnusable, "an index is damaged and cannot be made anew: \(error)"))
            throw DomainRefusal(
                .storeUnavailable, "", "",
                "an index is damaged and cannot be made anew (\(error)); nothing was recorded: restart the server")
        }
    }

    private func writeMark() throws(StoreFailure) -> JournalEnd {
        let last = try store.lastSequence()
        var checksum: UInt32 = 0
        var time = clock.now()
        var era = 0
        if last > 0, let bytes = try store.block(last) {
            guard let block = try? CheckedBlock(SealedBlock(sequence: last, bytes: bytes)) else {
                throw .damaged("block \(last) of the journal cannot be read")
            }
            checksum = block.checksum
            time = max(time, block.time)
            era = block.era
        }
        var block = OpenBlock()
        block.begin(sequence: last + 1, time: time, era: era)
        _ = block.append { $0.byte(RowKind.mark.rawValue) }
        let (sealed, mark) = block.seal(after: checksum)
        try store.append([sealed])
        return JournalEnd(sequence: last + 1, checksum: mark, time: time, era: era)
    }

    static func unavailable(_ failure: StoreFailure) -> DomainRefusal {
        DomainRefusal(
            .storeUnavailable, "", "",
            "the store does not take anything (\(failure.reason)); nothing was recorded: try again later")
    }

    /// A record that should be there cannot be read.
    static func unreadable(_ damage: LedgerDamage) -> DomainRefusal {
        DomainRefusal(
            .storeUnavailable, "", "",
            "\(damage); nothing was recorded: try again, and where that does not help run 'jiesuan ledger verify'")
    }
}

/// Backoff for retries of a failed store: short, but retries take at most a fifth of the sequencer's time, so that
/// reads go on meanwhile.
struct StoreRetry {
    /// Minimal pause between two attempts.
    private static let pauseMilliseconds: Int64 = 250
    /// Factor of the attempt's duration that the pause after it lasts.
    private static let pausePerAttempt: Int64 = 4

    private let clock: any LedgerClock
    private var begun: Moment
    /// Window of the pause; nil: a retry is due at once.
    private var next: (from: Moment, until: Moment)?

    init(_ clock: any LedgerClock) {
        self.clock = clock
        begun = clock.now()
    }

    /// Whether a retry is due; a clock set back does not lengthen the pause.
    var isDue: Bool {
        guard let next else { return true }
        let now = clock.now()
        return now >= next.until || now < next.from
    }

    mutating func begin() { begun = clock.now() }

    mutating func failed() {
        let now = clock.now()
        let took = max(0, now.milliseconds - begun.milliseconds)
        let pause = max(Self.pauseMilliseconds, took * Self.pausePerAttempt)
        next = (now, Moment(milliseconds: now.milliseconds + pause))
    }
}

extension DerivedFiles {
    /// Whether a look-up found damage.
    @inline(__always)
    fileprivate var isDamaged: Bool { damageFlag.isSet.load(ordering: .acquiring) }
}
