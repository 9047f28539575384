import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement

/// A scan of the journal row by row up to a fixed end, concurrent with its writer; the year's end uses it (YE-1).
package struct JournalScan {
    /// One row; its bytes are valid only during the call.
    package struct Row {
        package let kind: RowKind
        package let bytes: UnsafeRawBufferPointer
        package let position: Position
        package let time: Moment
    }

    private let store: any LedgerStore
    /// The last block of the scan.
    package let end: UInt64

    package init(store: any LedgerStore, end: UInt64) {
        self.store = store
        self.end = end
    }

    /// Calls `body` with every row, in order, and `progress` with the number of each finished block.
    ///
    /// - Throws: `StoreFailure`, `LedgerProblem`, or what `body` throws.
    package func forEach(progress: (UInt64) -> Void = { _ in }, _ body: (Row) throws -> Void) throws {
        var failure: (any Error)?
        try forEachBlock { block in
            do { try Self.forEachRow(of: block, body) } catch { failure = error }
            progress(block.sequence)
            return failure == nil
        }
        if let failure { throw failure }
    }

    /// Calls `body` with the blocks, in order, until it returns false; any thread may read rows from them.
    package func forEachBlock(_ body: (SealedBlock) -> Bool) throws(StoreFailure) {
        try store.scan(after: 0) { block in
            block.sequence <= end && body(block) && block.sequence < end
        }
    }

    /// - Throws: `LedgerProblem`, or what `body` throws.
    package static func forEachRow(of block: SealedBlock, _ body: (Row) throws -> Void) throws {
        do {
            try block.checked().read { view in try walk(view, body) }
        } catch let damage as LedgerDamage {
            throw LedgerProblem.damage(damage)
        }
    }

    private static func walk(_ view: BlockView, _ body: (Row) throws -> Void) throws {
        for index in 0..<view.rowCount {
            guard let row = view.row(index) else { continue }
            let position = Position(block: view.sequence, row: index)
            guard let kind = row.first.flatMap({ RowKind(rawValue: $0) }) else {
                throw LedgerDamage.row(position, "is of a kind that this version does not know")
            }
            try body(Row(kind: kind, bytes: row, position: position, time: view.time))
        }
    }

    /// The last block sealed before the end of `day` (China Standard Time); 0: none. A block with the time of a wrong
    /// clock counts as sealed when the clock was accepted.
    package static func lastBlock(of store: any LedgerStore, through day: CalendarDate) throws -> UInt64 {
        let end = Moment(startOf: day).milliseconds + 86_400_000
        return try lastBlock(of: store, upTo: Moment(milliseconds: end - 1))
    }

    /// The last block sealed at `moment` or before; 0: none. A binary search: reads some 20 blocks, and as many for
    /// each era of the clock.
    static func lastBlock(of store: any LedgerStore, upTo moment: Moment) throws -> UInt64 {
        let eras = try ClockEras(of: store)
        var (low, high) = (UInt64(0), try store.lastSequence())
        while low < high {
            let middle = low + (high - low + 1) / 2
            let block = try ClockEras.block(middle, of: store)
            if eras.latest(block.time, era: block.era) <= moment { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Identifies the scanned journal: the checksum of the last block, which by chaining covers all blocks.
    package func checksum() throws -> UInt32 {
        guard end > 0 else { return 0 }
        guard let bytes = try store.block(end) else { throw StoreFailure.damaged("block \(end) is missing") }
        return BlockFormat.checksum(ofSealed: bytes)
    }
}

extension SettlementEntry {
    /// Fills itself from a settlement's row.
    package func read(_ row: UnsafeRawBufferPointer) throws(DamagedBytes) {
        try SettlementRow.read(row, into: self)
    }
}

extension ReversalEntry {
    /// Fills itself from a reversal's row.
    package func read(_ row: UnsafeRawBufferPointer) throws(DamagedBytes) { try ReversalRow.read(row, into: self) }
}

extension AdjustmentEntry {
    /// Reads an adjustment's row.
    package init(row: UnsafeRawBufferPointer) throws(DamagedBytes) { self = try AdjustmentRow.read(row) }

    /// As a row of the journal.
    package func write(to writer: inout ByteWriter) { AdjustmentRow.write(self, to: &writer) }
}
