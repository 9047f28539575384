import LedgerFormat
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// Walks a journal's settlements, reversals and other bookings in order, with the institutions as registered at each
/// row.
package final class LedgerRows {
    package enum Row {
        /// The entry is reused for the next row.
        case settlement(SettlementEntry)
        case reversal(ReversalEntry)
        /// A year-end adjustment of a settlement (G-13).
        case adjustment(AdjustmentEntry)
        /// A second-round payment, or one taken back (SY-4); owed to the person.
        case secondRound(SecondRoundPayment)
        /// A recognition's payment beside settlements, or one taken back (YT-7); owed to the person.
        case recognition(RecognitionPayment)
        /// A new era of the clock; some times before it are wrong.
        case clock(ClockEra)
        /// In whose name a row of any kind was recorded; comes before the row.
        case recorded(RecordedRow)
    }

    /// A row and in whose name it was recorded.
    package struct RecordedRow {
        package let origin: RecordOrigin
        package let kind: RowKind
        package let position: Position
        package let time: Moment
    }

    /// The register as of the last row passed to `body`; without persons and filings unless `keepsRegister`.
    package let registry = Registry(library: PolicyLibrary(packs: []))
    package var institutions: InstitutionRegister { registry.institutions }
    private let keepsRegister: Bool
    private let store: any LedgerStore
    private let entry = SettlementEntry()
    private let reversal = ReversalEntry()

    /// - Parameter keepsRegister: keeps the whole register, some 150 bytes a person, and not only its institutions.
    package init(store: any LedgerStore, keepsRegister: Bool = false) {
        self.store = store
        self.keepsRegister = keepsRegister
    }

    /// Calls `body` with every row, and `progress` with the number of blocks done.
    ///
    /// - Throws: `StoreFailure`, `LedgerProblem`, or what `body` throws.
    package func forEach(progress: (Int) -> Void, _ body: (Row) throws -> Void) throws {
        var failure: (any Error)?
        var blocks = 0
        try store.scan(after: 0) { block in
            do {
                try block.checked().read { view in try walk(view, body) }
                blocks += 1
                progress(blocks)
                return true
            } catch let damage as LedgerDamage {
                failure = LedgerProblem.damage(damage)
            } catch {
                failure = error
            }
            return false
        }
        if let failure { throw failure }
    }

    private func walk(_ view: BlockView, _ body: (Row) throws -> Void) throws {
        var origins = OriginWalk()
        for index in 0..<view.rowCount {
            guard let row = view.row(index) else { continue }
            let position = Position(block: view.sequence, row: index)
            let found: Row?
            let kind = row.first.flatMap { RowKind(rawValue: $0) }
            do throws(DamagedBytes) {
                if kind == .origin { try origins.take(row, at: index) }
                found = try read(row, at: position, time: view.time)
            } catch {
                throw LedgerDamage.row(position, "cannot be read")
            }
            if let kind, kind != .origin, let origin = origins.origin {
                try body(
                    .recorded(RecordedRow(origin: origin, kind: kind, position: position, time: view.time)))
            }
            if let found { try body(found) }
        }
    }

    /// Reads one row; nil for rows that book no amounts of settlements.
    private func read(
        _ row: UnsafeRawBufferPointer, at position: Position, time: Moment
    ) throws(DamagedBytes) -> Row? {
        switch row.first.flatMap({ RowKind(rawValue: $0) }) {
        case .settlement:
            try SettlementRow.read(row, into: entry)
            entry.position = position
            entry.settledAt = time
            return .settlement(entry)
        case .reversal:
            try ReversalRow.read(row, into: reversal)
            reversal.position = position
            reversal.reversedAt = time
            return .reversal(reversal)
        case .registry:
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: row[1...]))
            for _ in 0..<(try reader.count(upTo: row.count)) {
                let event = try RegistryEvent(from: &reader)
                if case .institution = event {} else if !keepsRegister { continue }
                registry.apply(event, recorded: time)
            }
            return nil
        case .adjustment:
            var adjustment = try AdjustmentRow.read(row)
            adjustment.position = position
            adjustment.adjustedAt = time
            return .adjustment(adjustment)
        case .secondRound:
            var payment = try SecondRoundPayment(row: row)
            payment.position = position
            payment.paidAt = time
            return .secondRound(payment)
        case .recognition, .recognitionPayment:
            let isEntry = row.first == RowKind.recognitionPayment.rawValue
            guard var payment = isEntry ? try RecognitionPayment(row: row) : try RecognitionPayment(earlier: row)
            else { return nil }
            payment.position = position
            payment.paidAt = time
            return .recognition(payment)
        case .clock: return .clock(try ClockEra(row: row, at: position, time: time))
        case .accounts, .mark, .payment, .origin: return nil
        case nil: throw DamagedBytes()
        }
    }
}
