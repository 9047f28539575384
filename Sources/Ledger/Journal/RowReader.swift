import LedgerFormat
import LedgerStore
import Records
import Registry

/// Reads rows of a store's journal by their positions, beside whoever writes it; used by one thread at a time.
///
/// What it has read stays at hand, at most `cachedBytesMax`.
final class RowReader: RowSource {
    static let cachedBytesMax = 16 << 20

    private let open: () throws(StoreFailure) -> any BlockSource
    /// nil: not opened since `letGo`.
    private var source: (any BlockSource)?
    private var cache: BlockCache

    /// Reads by the store's own methods.
    init(_ store: any LedgerStore, cachedBytesMax: Int = RowReader.cachedBytesMax) {
        open = { store }
        source = store
        cache = BlockCache(bytesMax: cachedBytesMax)
    }

    /// Reads by what `open` gives, asked for at the first block that is not at hand.
    init(
        cachedBytesMax: Int = RowReader.cachedBytesMax, open: @escaping () throws(StoreFailure) -> any BlockSource
    ) {
        self.open = open
        cache = BlockCache(bytesMax: cachedBytesMax)
    }

    /// Gives back what it reads by; the blocks stay at hand.
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

    /// Takes in a block that was read in another way, for the rows that refer to it.
    func take(_ block: CheckedBlock) {
        if cache.find(block.sequence) == nil { cache.insert(block) }
    }
}
