import Accounts
import Policy
import Registry
import Settlement

/// The books: every settlement that was made, everything registered, every account (结算台账).
///
/// A deterministic state machine on top of a journal: what is asked is checked against the state, recorded as rows, and
/// the rows change the state, now and at every replay. Used by one thread (the sequencer); what it answered may leave
/// once the ticket of `seal` is durable.
package final class Ledger {
    /// A region as the ledger settles for it.
    final class Region {
        let pack: PolicyPack
        let tables: Tables
        /// The pack's number in the archive.
        let number: UInt32
        let usesAccounts: Bool

        init(_ pack: PolicyPack, number: UInt32) {
            self.pack = pack
            tables = pack.tables
            self.number = number
            usesAccounts = pack.accountUse != nil
        }
    }

    let store: any LedgerStore
    let clock: any LedgerClock
    package let queue: BlockQueue
    package let archive: PackArchive
    let regions: [Region]
    let derived: DerivedFiles

    /// What the journal's rows made; replaced as a whole when it has to be rebuilt.
    // Unchecked exclusivity, here and in what they hold: nothing that is handed a part of them reaches the ledger
    // again, and the checks at run time took an eighth of a batch's time.
    @exclusivity(unchecked) var books: Books
    @exclusivity(unchecked) var journal: Journal
    /// When the store failed: the earliest time to try it again.
    var retryAt: Moment?
    @exclusivity(unchecked) private var callsSinceSeal = 0
    /// The indexes were repaired, and the journal has not been replayed into them yet.
    @exclusivity(unchecked) private var isReloadNeeded = false
    /// The snapshot that is being written, and how many settlements the last one had.
    var snapshot: SnapshotRun?
    var settlementsAtSnapshot = 0
    /// How many settlements there were when a piece of it was last written.
    var settlementsAtChunk = 0

    /// What the last call settled, quoted or found.
    package let entry = SettlementEntry()
    package let reversal = ReversalEntry()
    /// For looking at records beside `entry`.
    let other = SettlementEntry()
    let admission = Admission()
    /// Of the claim that is being settled: its region, the region's index, and where the person's year is.
    @exclusivity(unchecked) var inHand: (region: Region, index: Int, place: Int?)
    let balances: UnsafeMutablePointer<Fen>

    package var registry: Registry { books.registry }
    package var accounts: AccountBook { books.accounts }
    package var library: PolicyLibrary { books.registry.library }

    /// Opens the books of a store: reads what derives from the journal, and the journal from there on.
    ///
    /// - Parameter directory: for indexes and snapshots; nil: everything is made anew from the journal and kept in
    ///   memory.
    package init(
        store: any LedgerStore, library: PolicyLibrary, clock: any LedgerClock, directory: String?,
        access: DerivedFiles.Access = .writer, visitsPerChunk: Int = VisitIndex.chunkVisitsUsual,
        progress: OpeningProgress = { _, _ in }
    ) throws(LedgerProblem) {
        self.store = store
        self.clock = clock
        queue = BlockQueue(store: store)
        archive = try PackArchive(store: store)
        var regions: [Region] = []
        for pack in library.packs {
            regions.append(Region(pack, number: try archive.number(of: pack)))
        }
        self.regions = regions
        guard let first = regions.first else { throw .regionMissing("") }
        inHand = (first, 0, nil)
        balances = .allocate(capacity: CalculatorLimit.accountsMax)
        balances.initialize(repeating: 0, count: CalculatorLimit.accountsMax)
        derived = try DerivedFiles.open(
            store, folder: directory, access: access, visitsPerChunk: visitsPerChunk)
        let (books, end) = try Self.load(
            store: store, library: library, archive: archive, derived: derived, progress: progress)
        self.books = books
        journal = Journal(store: store, queue: queue, clock: clock, derived: derived, last: end)
        queue.clear(durable: end.sequence)
    }

    deinit { balances.deallocate() }

    // MARK: Committing

    /// Queues what was recorded since the last call, and gives the ticket to wait for before any answer leaves; nil
    /// where everything that an answer may have seen is durable.
    package func seal() -> UInt64? {
        let hasAnswered = callsSinceSeal > 0
        callsSinceSeal = 0
        // What was read may have come from rows that did not become durable: such answers wait for a ticket that fails.
        if hasAnswered, queue.progress().failure != nil { return journal.seal() ?? queue.put([]) }
        let ticket = journal.seal()
        if !derived.hasRoom { _ = derived.waitForRoom() }
        continueSnapshot()
        return ticket
    }

    /// Records events of the register, all or none, and applies them.
    package func record(_ events: [RegistryEvent]) throws(DomainRefusal) {
        try ready()
        guard !events.isEmpty else { return }
        let recorded = journal.time
        journal.append { writer in
            writer.byte(RowKind.registry.rawValue)
            writer.number(events.count)
            for event in events { event.encode(to: &writer) }
        }
        for event in events { books.registry.apply(event, recorded: recorded) }
    }

    /// Records events of accounts, all or none, and applies them.
    package func record(_ events: [AccountEvent]) throws(DomainRefusal) {
        try ready()
        guard !events.isEmpty else { return }
        let recorded = journal.time
        let position = journal.append { writer in
            writer.byte(RowKind.accounts.rawValue)
            writer.number(events.count)
            for event in events { event.encode(to: &writer) }
        }
        for event in events {
            books.accounts.apply(event, at: position.number, recorded: recorded)
            books.file(event, at: position, recorded, nil)
        }
    }

    /// The time that the next record will bear.
    package var now: Moment { journal.time }

    // MARK: When the store failed

    /// Refuses while the store does not take anything; takes it up again where it does. Comes before everything else
    /// that reads or writes the ledger.
    package func ready() throws(DomainRefusal) {
        callsSinceSeal += 1
        guard queue.hasFailed, let failure = queue.progress().failure else {
            if isReloadNeeded || derived.damage != nil { try repairIndexes() }
            return
        }
        // Only before anything else is answered: the state that an answer rests on must be there when it is sealed.
        guard callsSinceSeal == 1 else { throw Self.unavailable(failure) }
        let now = clock.now()
        if let retryAt, now < retryAt { throw Self.unavailable(failure) }
        retryAt = Moment(milliseconds: now.milliseconds + Self.retryMilliseconds)
        try recover(from: failure)
        retryAt = nil
    }

    /// Between two attempts to take a failed store up again.
    private static let retryMilliseconds: Int64 = 250

    private func recover(from failure: StoreFailure) throws(DomainRefusal) {
        do throws(LedgerProblem) {
            let durable: UInt64
            do throws(StoreFailure) {
                try store.recover()
                // Before the mark, which takes the number of the first block that was lost.
                durable = try store.lastSequence()
                // The state in memory is ahead of the store: before it is made anew, see that the store takes
                // something.
                try writeMark()
            } catch {
                throw .store(error)
            }
            derived.rollback(after: durable)
            try reload()
        } catch {
            throw DomainRefusal(
                .storeUnavailable, "", "",
                    "the store does not take anything (\(error)); nothing was recorded: try again later")
        }
    }

    /// Makes the state anew from the store.
    private func reload() throws(LedgerProblem) {
        snapshot = nil
        let (books, end) = try Self.load(
            store: store, library: library, archive: archive, derived: derived, progress: { _, _ in })
        self.books = books
        journal = Journal(store: store, queue: queue, clock: clock, derived: derived, last: end)
        queue.clear(durable: end.sequence)
    }

    /// Makes damaged indexes anew from the journal, as soon as everything that was recorded is in it; refuses until
    /// then.
    private func repairIndexes() throws(DomainRefusal) {
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
            isReloadNeeded = false
        } catch {
            throw DomainRefusal(
                .storeUnavailable, "", "",
                "an index is damaged and cannot be made anew (\(error)); nothing was recorded: restart the server")
        }
    }

    private func writeMark() throws(StoreFailure) {
        let last = try store.lastSequence()
        var checksum: UInt32 = 0
        var time = clock.now()
        if last > 0, let bytes = try store.block(last) {
            guard let end = try? CheckedBlock(SealedBlock(sequence: last, bytes: bytes)) else {
                throw .damaged("block \(last) of the journal cannot be read")
            }
            checksum = end.checksum
            time = max(time, end.time)
        }
        var block = OpenBlock()
        block.begin(sequence: last + 1, time: time)
        _ = block.append { $0.byte(RowKind.mark.rawValue) }
        try store.append([block.seal(after: checksum).0])
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
