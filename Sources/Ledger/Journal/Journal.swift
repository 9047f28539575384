import LedgerFormat
import LedgerIndex
import LedgerStore
import Records
import Registry

/// The sequencer's journal: appends rows to an open block, seals and queues blocks, and reads rows from the open block,
/// the queue or the store.
final class Journal: RowSource {
    let store: any LedgerStore
    let queue: BlockQueue
    private let clock: any LedgerClock
    private let derived: DerivedFiles
    @exclusivity(unchecked) private var open = OpenBlock()
    @exclusivity(unchecked) private var nextSequence: UInt64
    private var lastChecksum: UInt32
    /// Blocks sealed since the last `seal`.
    private var sealed: [SealedBlock] = []
    /// Blocks sealed and perhaps not durable yet, by number.
    @exclusivity(unchecked) private var recent: [UInt64: [UInt8]] = [:]
    private var oldestRecent: UInt64
    @exclusivity(unchecked) private var cache: BlockCache
    /// The time of the newest sealed block. Reads do not move it: a time of a clock that is ahead stays only where
    /// something was recorded.
    @exclusivity(unchecked) private(set) var lastTime: Moment
    /// How often the clock had been accepted, see `ClockEra`.
    private var era: Int
    /// In whose name the next rows are recorded; nil: nobody is named.
    @exclusivity(unchecked) var origin: RecordOrigin?
    @exclusivity(unchecked) private var stated = StatedOrigins()

    /// - Parameters:
    ///   - last: the last block of the store, as replay found it.
    ///   - tally: counts what the cache of blocks does.
    init(
        store: any LedgerStore, queue: BlockQueue, clock: any LedgerClock, derived: DerivedFiles, last: JournalEnd,
        tally: CacheTally
    ) {
        cache = BlockCache(bytesMax: RowReader.cachedBytesMax, tally: tally)
        self.store = store
        self.queue = queue
        self.clock = clock
        self.derived = derived
        nextSequence = last.sequence + 1
        oldestRecent = last.sequence + 1
        lastChecksum = last.checksum
        lastTime = last.time
        era = last.era
    }

    /// Sequence number of the last sealed block.
    var lastSealed: UInt64 { nextSequence - 1 }

    /// The time of the next row; never before that of earlier rows.
    ///
    /// An empty block's time is renewed: asking for the time long before the next row (a quote, a refused claim) does
    /// not make that row older than it is.
    var time: Moment {
        if open.isFull { sealOpen() }
        if !open.isBegun || open.isEmpty { begin() }
        return open.time
    }

    /// The position of the next row.
    var nextPosition: Position {
        makeRoom()
        return Position(block: open.sequence, row: open.rowCount)
    }

    /// A full block is sealed before the next row, when all effects of its last one are in; and the block says in whose
    /// name that row is recorded.
    @inline(__always)
    private func makeRoom() {
        if open.isFull { sealOpen() }
        if !open.isBegun { begin() }
        if origin !== stated.inForce { stateOrigin() }
    }

    private func begin() {
        open.begin(sequence: nextSequence, time: max(lastTime, clock.now()), era: era)
        stated.begin()
    }

    @inline(never)
    private func stateOrigin() {
        // Room for the row that it is said of.
        if open.rowCount + 1 >= Position.rowsPerBlockMax {
            sealOpen()
            begin()
        }
        guard let statement = stated.take(origin, atRow: open.rowCount) else { return }
        _ = open.append { OriginRow.write(statement, to: &$0) }
    }

    /// Whether the next row takes its time from the clock: it is the first of its block.
    var isAtBlockStart: Bool { !open.isBegun || open.isEmpty }

    /// Begins an era with the next row, in a block of its own: the row takes the clock's time, even one before the time
    /// of earlier rows.
    func beginEra() {
        if open.isBegun, !open.isEmpty { sealOpen() }
        era += 1
        open.begin(sequence: nextSequence, time: clock.now(), era: era)
        stated.begin()
    }

    /// Appends a row at `nextPosition`.
    @inline(__always)
    @discardableResult
    func append(_ write: (inout ByteWriter) -> Void) -> Position {
        makeRoom()
        return open.append(write)
    }

    private func sealOpen() {
        derived.seal(open.sequence)
        lastTime = open.time
        let (block, checksum) = open.seal(after: lastChecksum)
        lastChecksum = checksum
        nextSequence += 1
        recent[block.sequence] = block.bytes
        sealed.append(block)
    }

    /// Queues the rows appended since the last call; returns the ticket to wait for, nil when everything is durable.
    func seal() -> UInt64? {
        // An empty block is dropped, so that the next row gets a fresh time: a month may end before it.
        if open.isEmpty { open.giveUp() } else { sealOpen() }
        forgetDurable()
        guard !sealed.isEmpty else { return queue.ticketOfWaiting() }
        let ticket = queue.put(sealed)
        sealed.removeAll(keepingCapacity: true)
        return ticket
    }

    private func forgetDurable() {
        let durable = queue.progress().durable
        guard oldestRecent <= durable else { return }
        if let bytes = recent[durable] { derived.confirm(durable, mark: UInt64(BlockFormat.checksum(ofSealed: bytes))) }
        while oldestRecent <= durable {
            recent[oldestRecent] = nil
            oldestRecent += 1
        }
    }

    // MARK: Reading

    @inline(__always)
    func read<Value>(
        _ position: Position, _ body: (UnsafeRawBufferPointer, Moment) throws(LedgerDamage) -> Value
    ) throws(LedgerDamage) -> Value {
        if open.isBegun, position.block == open.sequence {
            guard let row = open.row(position.row) else { throw .noRow(position) }
            return try body(row, open.time)
        }
        let block = try block(position.block)
        return try block.read { view throws(LedgerDamage) in
            guard let row = view.row(position.row) else { throw LedgerDamage.noRow(position) }
            return try body(row, view.time)
        }
    }

    func origin(of position: Position) throws(LedgerDamage) -> RecordOrigin? {
        if open.isBegun, position.block == open.sequence {
            return try position.origin { open.row($0) }
        }
        return try block(position.block).read { view throws(LedgerDamage) in try position.origin(view.row) }
    }

    private func block(_ sequence: UInt64) throws(LedgerDamage) -> CheckedBlock {
        if let block = cache.find(sequence) { return block }
        let block = try fetch(sequence)
        cache.insert(block)
        return block
    }

    private func fetch(_ sequence: UInt64) throws(LedgerDamage) -> CheckedBlock {
        if let bytes = recent[sequence] {
            do throws(BlockDamage) {
                return try CheckedBlock(sealedHere: SealedBlock(sequence: sequence, bytes: bytes))
            } catch { throw .block(error) }
        }
        let found: [UInt8]?
        do throws(StoreFailure) { found = try store.block(sequence) } catch { throw .store(error) }
        guard let found else { throw .noRow(Position(block: sequence, row: 0)) }
        return try SealedBlock(sequence: sequence, bytes: found).checked()
    }
}

/// The end of a store's journal.
package struct JournalEnd: Equatable, Sendable {
    var sequence: UInt64 = 0
    var checksum: UInt32 = 0
    var time = Moment(milliseconds: 0)
    /// How often the clock had been accepted, see `ClockEra`.
    var era = 0
}

/// Why a recorded row cannot be read.
package enum LedgerDamage: Error, Equatable, Sendable, CustomStringConvertible {
    case block(BlockDamage)
    case noRow(Position)
    case row(Position, String)
    case store(StoreFailure)
    case index(DerivedFailure)

    package var description: String {
        switch self {
        case .index(let trouble): "an index: \(trouble)"
        case .block(let damage): damage.description
        case .noRow(let position): "the journal has no row \(position.row) in block \(position.block)"
        case .row(let position, let reason): "row \(position.row) of block \(position.block): \(reason)"
        case .store(let failure): "the store: \(failure.reason)"
        }
    }
}

extension SealedBlock {
    /// The block, completely checked.
    package func checked() throws(LedgerDamage) -> CheckedBlock {
        do throws(BlockDamage) { return try CheckedBlock(self) } catch { throw .block(error) }
    }
}
