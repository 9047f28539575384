import LedgerFormat
import LedgerStore
import Records
import Registry

/// Reads rows of a store's journal by position, concurrent with its writer; used by one thread at a time.
///
/// Caches the blocks read, at most `cachedBytesMax` bytes.
final class RowReader: RowSource {
    static let cachedBytesMax = 16 << 20

    private let open: () throws(StoreFailure) -> any BlockSource
    /// The open source of blocks; nil: closed by `letGo`, reopened when needed.
    private var source: (any BlockSource)?
    private var cache: BlockCache

    /// Reads by the store's shared methods.
    init(_ store: any LedgerStore, cachedBytesMax: Int = RowReader.cachedBytesMax) {
        open = { store }
        source = store
        cache = BlockCache(bytesMax: cachedBytesMax)
    }

    /// Reads from the source that `open` returns; opened at the first cache miss.
    init(
        cachedBytesMax: Int = RowReader.cachedBytesMax, open: @escaping () throws(StoreFailure) -> any BlockSource
    ) {
        self.open = open
        cache = BlockCache(bytesMax: cachedBytesMax)
    }

    /// Closes the source; the cached blocks stay.
    func letGo() { source = nil }

    @inline(__always)
    func read<Value>(
        _ position: Position, _ body: (UnsafeRawBufferPointer, Moment) throws(LedgerDamage) -> Value
    ) throws(LedgerDamage) -> Value {
        let block = try block(position.block)
        return try block.read { view throws(LedgerDamage) in
            guard let row = view.row(position.row) else { throw LedgerDamage.noRow(position) }
            return try body(row, view.time)
        }
    }

    func origin(of position: Position) throws(LedgerDamage) -> RecordOrigin? {
        try block(position.block).read { view throws(LedgerDamage) in try position.origin(view.row) }
    }

    private func block(_ sequence: UInt64) throws(LedgerDamage) -> CheckedBlock {
        if let block = cache.find(sequence) { return block }
        let found: [UInt8]?
        do throws(StoreFailure) {
            if source == nil { source = try open() }
            found = try source?.block(sequence)
        } catch { throw .store(error) }
        guard let found else { throw .noRow(Position(block: sequence, row: 0)) }
        let block = try SealedBlock(sequence: sequence, bytes: found).checked()
        cache.insert(block)
        return block
    }

    /// Adds a block read elsewhere to the cache, for later look-ups of its rows.
    func take(_ block: CheckedBlock) {
        if cache.find(block.sequence) == nil { cache.insert(block) }
    }
}
