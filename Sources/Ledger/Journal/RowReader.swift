import Registry

/// Reads rows of a store's journal by their positions, beside whoever writes it; used by one thread at a time.
///
/// What it has read stays at hand, at most `cachedBytesMax`.
final class RowReader: RowSource {
    static let cachedBytesMax = 16 << 20

    private let store: any LedgerStore
    private var cache: BlockCache

    init(_ store: any LedgerStore, cachedBytesMax: Int = RowReader.cachedBytesMax) {
        self.store = store
        cache = BlockCache(bytesMax: cachedBytesMax)
    }

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
        do throws(StoreFailure) { found = try store.block(sequence) } catch { throw .store(error) }
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
