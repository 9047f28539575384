import Accounts
import LedgerFormat
import LedgerIndex
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// The books: every settlement that was made, everything registered, every account (结算台账).
///
/// A deterministic state machine on top of a journal: a request is checked against the state and recorded as rows, and
/// the rows change the state, now and at every replay. Used by one thread (the sequencer); an answer may be sent once
/// the ticket of `seal` is durable.
package final class Ledger {
    /// The pack by which the ledger settles for a region, with its tables.
    final class RegionPack {
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

    package let store: any LedgerStore
    let clock: any LedgerClock
    package let queue: BlockQueue
    package let archive: PackArchive
    /// By the pack's index in the library.
    @exclusivity(unchecked) var regions: [RegionPack]
    let derived: DerivedFiles
    /// Read access to the registers for threads beside the sequencer.
    package let registers = RegisterGate()

    /// The state made by the journal's rows; replaced as a whole when it has to be rebuilt.
    // Unchecked exclusivity, here and in its parts: no function that is passed a part of them accesses the ledger
    // again, and the checks at run time took an eighth of a batch's time.
    @exclusivity(unchecked) var books: Books
    @exclusivity(unchecked) var journal: Journal
    @exclusivity(unchecked) var callsSinceSeal = 0
    /// Whether the indexes were repaired and the journal has not been replayed into them yet.
    @exclusivity(unchecked) var isReloadNeeded = false
    /// Whether the state was rolled back to the durable blocks after a store failure: reads go on, writes are refused.
    @exclusivity(unchecked) var isRolledBack = false
    /// Backoff of a failed store's retries.
    var retry: StoreRetry
    /// How far the journal may be ahead of the clock, milliseconds, before nothing is written.
    let clockAheadMax: Int64
    /// Whether the journal was too far ahead of the clock at the last check.
    @exclusivity(unchecked) var isClockWrong = false
    @exclusivity(unchecked) var clockWatch = ClockWatch()
    /// Receives every incident.
    package let observer: LedgerObserver
    /// What was settled since it was opened.
    package let counters: ClaimCounters
    /// What the sequencer's cache of blocks does.
    package let blockCache = CacheTally()
    /// The snapshot being written, and the number of settlements in the last one.
    var snapshot: SnapshotRun?
    var settlementsAtSnapshot = 0
    /// The number of settlements when its last chunk was written.
    var settlementsAtChunk = 0

    /// Working memory, reused so that settling allocates nothing: the claim being settled, or the settlement found
    /// last; see `SettledView`.
    let entry = SettlementEntry()
    /// The same for reversals, see `ReversedView`.
    let reversal = ReversalEntry()
    /// A second entry, for reading records while `entry` is in use.
    let other = SettlementEntry()
    /// The register's facts of the claim being settled.
    let admission = Admission()
    let balances: UnsafeMutablePointer<Fen>

    package var registry: Registry { books.registry }
    package var accounts: AccountBook { books.accounts }
    /// In whose name the next rows are recorded; nil: nobody is named. Whoever sets it for a call takes it away again.
    @inline(__always)
    package var origin: RecordOrigin? {
        get { journal.origin }
        set { journal.origin = newValue }
    }
    /// Number of the last block in the state, 0: none.
    package var lastBlock: UInt64 { journal.lastSealed }
    package var library: PolicyLibrary { books.registry.library }

    /// Opens the books of a store: reads the derived files, and replays the journal from there on.
    ///
    /// - Parameters:
    ///   - directory: for indexes and snapshots; nil: everything is rebuilt from the journal and kept in memory.
    ///   - clockAheadMax: how far the journal may be ahead of the clock, milliseconds, before nothing is written.
    ///   - observer: receives every incident, now and later, on any thread.
    package init(
        store: any LedgerStore, library: PolicyLibrary, clock: any LedgerClock, directory: String?,
        access: DerivedFiles.Access = .writer, visitsPerChunk: Int = VisitIndex.chunkVisitsUsual,
        clockAheadMax: Int64 = Ledger.clockAheadMaxUsual, observer: @escaping LedgerObserver = { _ in },
        progress: OpeningProgress = { _, _ in }
    ) throws(LedgerProblem) {
        self.store = store
        self.clock = clock
        self.observer = observer
        self.clockAheadMax = clockAheadMax
        retry = StoreRetry(clock)
        queue = BlockQueue(store: store, observer: observer)
        archive = try PackArchive(store: store)
        var regions: [RegionPack] = []
        for pack in library.packs {
            regions.append(RegionPack(pack, number: try archive.number(of: pack, keeps: access == .writer)))
        }
        self.regions = regions
        guard !regions.isEmpty else { throw .regionMissing("") }
        balances = .allocate(capacity: CalculatorLimit.accountsMax)
        balances.initialize(repeating: 0, count: CalculatorLimit.accountsMax)
        derived = try DerivedFiles.open(
            store, folder: directory, access: access, visitsPerChunk: visitsPerChunk)
        derived.observer = observer
        for finding in derived.findings {
            observer(LedgerIncident(.derivedUnusable, "\(finding); what it held is made anew from the journal"))
        }
        let (books, end) = try Self.load(
            store: store, library: library, archive: archive, derived: derived, observer: observer,
            progress: progress)
        self.books = books
        counters = ClaimCounters(
            regions: self.regions.map(\.pack.region), settlementsBefore: books.settlementCount)
        journal = Journal(
            store: store, queue: queue, clock: clock, derived: derived, last: end, tally: blockCache)
        queue.clear(durable: end.sequence)
        if access == .writer { _ = clockProblem() }
    }

    deinit { balances.deallocate() }

    // MARK: Committing

    /// Queues the rows recorded since the last call, and returns the ticket to wait for before any answer is sent; nil
    /// when everything recorded or read so far is durable.
    package func seal() -> UInt64? {
        callsSinceSeal = 0
        let ticket = journal.seal()
        // While rolled back nothing is indexed and nothing is written.
        if isRolledBack { return ticket }
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
        registers.change {
            for event in events { books.registry.apply(event, recorded: recorded) }
            books.registry.resolveCaches()
        }
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
}
