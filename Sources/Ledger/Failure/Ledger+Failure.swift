import LedgerFormat
import LedgerIndex
import LedgerStore
import Records
import Registry
import Settlement

/// What is done when the store fails: the state goes back to what is durable, reading goes on, writing is refused until
/// the store takes something again.
extension Ledger {
    /// Comes before everything that only reads the ledger: the state that an answer rests on must be the store's.
    package func readyToRead() throws(DomainRefusal) {
        callsSinceSeal += 1
        if queue.hasFailed, let failure = queue.progress().failure {
            try mend(failure)
        } else if isReloadNeeded || derived.isDamaged {
            try repairIndexes()
        }
    }

    /// Comes before everything that writes to the ledger; refuses while the store does not take anything.
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

    /// Has the log say that a request is refused because the ledger does not let it be done, and why; of other refusals
    /// nothing.
    package func tell(ofAnswer refusal: DomainRefusal, _ method: String) {
        guard refusal.code == .storeUnavailable else { return }
        observer(LedgerIncident(.answeredUnavailable, "\(method): \(refusal.line)"))
    }

    /// Makes the state the durable one, and takes the store up again where it is time to try; refuses where the state
    /// cannot be read.
    private func mend(_ failure: StoreFailure) throws(DomainRefusal) {
        // Only before anything else is answered: the state that an answer rests on must be there when it is sealed.
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

    /// Makes the state anew from what is durable, while nothing may be written.
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
            // Before the mark, which takes the number of the first block that was lost.
            durable = try store.lastSequence()
            // Before anything is promised again, see that the store takes something.
            mark = try writeMark()
        } catch {
            throw .store(error)
        }
        if durable == journal.lastSealed {
            derived.seal(mark.sequence)
            derived.confirm(mark.sequence, mark: UInt64(mark.checksum))
            journal = Journal(store: store, queue: queue, clock: clock, derived: derived, last: mark)
        } else {
            // A commit whose fate was not known is in the store.
            try reload()
        }
        queue.clear(durable: journal.lastSealed)
        isRolledBack = false
        retry = StoreRetry(clock)
        observer(LedgerIncident(.recovered, "the store takes everything again, from block \(journal.lastSealed) on"))
    }

    /// Makes the state anew from the store.
    private func reload() throws(LedgerProblem) {
        snapshot = nil
        let (books, end) = try Self.load(
            store: store, library: library, archive: archive, derived: derived, observer: observer,
            progress: { _, _ in })
        self.books = books
        journal = Journal(store: store, queue: queue, clock: clock, derived: derived, last: end)
        isReloadNeeded = false
    }

    /// Makes damaged indexes anew from the journal, as soon as everything that was recorded is in it; refuses until
    /// then.
    private func repairIndexes() throws(DomainRefusal) {
        if !isReloadNeeded, let damage = derived.damage {
            observer(LedgerIncident(.derivedUnusable, "an index is damaged (\(damage)): it is made anew"))
        }
        guard callsSinceSeal == 1, queue.progress().durable == journal.lastSealed else {
            throw DomainRefusal(
                .storeUnavailable, "", "",
                "an index is damaged and is being made anew from the journal; nothing was recorded: try again at once")
        }
        // Until the journal has been replayed the indexes know too little: nothing may be looked for.
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

/// When a store that failed is tried again: soon, but never so that trying takes more than a fifth of the time of those
/// who read meanwhile.
struct StoreRetry {
    /// Between two attempts at least.
    private static let pauseMilliseconds: Int64 = 250
    /// Pauses are so many times as long as the attempt took.
    private static let pausePerAttempt: Int64 = 4

    private let clock: any LedgerClock
    private var begun: Moment
    /// Nil: at once.
    private var next: (from: Moment, until: Moment)?

    init(_ clock: any LedgerClock) {
        self.clock = clock
        begun = clock.now()
    }

    /// A clock that was set back does not make the pause longer.
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
