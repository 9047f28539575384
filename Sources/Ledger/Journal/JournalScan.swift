import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement

/// A journal read row by row up to a fixed end, beside whoever writes it: what the year's end reads (YE-1).
package struct JournalScan {
    /// One row: its bytes are valid only while it is handed over.
    package struct Row {
        package let kind: RowKind
        package let bytes: UnsafeRawBufferPointer
        package let position: Position
        package let time: Moment
    }

    private let store: any LedgerStore
    /// The last block that is read.
    package let end: UInt64

    package init(store: any LedgerStore, end: UInt64) {
        self.store = store
        self.end = end
    }

    /// Hands over every row, in order; `progress` is told the block after each.
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

    /// Hands over the blocks themselves, in order, until `body` returns false; any thread may take rows out of them.
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

    /// The last block that was sealed before the end of `day` (China Standard Time); 0: none. A block that bears the
    /// time of a clock that was wrong counts as one that was sealed when the clock was accepted again.
    package static func lastBlock(of store: any LedgerStore, through day: CalendarDate) throws -> UInt64 {
        let end = Moment(startOf: day).milliseconds + 86_400_000
        return try lastBlock(of: store, upTo: Moment(milliseconds: end - 1))
    }

    /// The last block that was sealed at `moment` or before; 0: none. Reads some 20 blocks, and as many for each time
    /// that the clock was accepted.
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

    /// What says which journal up to which block this is: the checksum of the last block, which the chain makes one of
    /// all blocks.
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
