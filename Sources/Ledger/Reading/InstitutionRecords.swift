import Accounts
import LedgerFormat
import LedgerIndex
import Records
import Registry
import Settlement

/// The positions of an institution's records of a period, as of one moment of the index; readable by any thread.
package struct InstitutionRecords: Sendable {
    let index: IndexSnapshot
    let institution: UInt32
    let from: CalendarDate
    let until: CalendarDate

    /// Calls `body` with the positions in journal order until it returns false.
    func forEach(_ body: (Position) throws(LedgerDamage) -> Bool) throws(LedgerDamage) {
        var damage: LedgerDamage?
        do throws(DerivedFailure) {
            try index.scan(
                from: IndexKey(high: Books.institutionKey(institution, from), low: 0),
                to: IndexKey(high: Books.institutionKey(institution, until), low: .max)
            ) { found in
                do throws(LedgerDamage) {
                    return try body(Position(number: found.value))
                } catch {
                    damage = error
                    return false
                }
            }
        } catch {
            damage = .index(error)
        }
        if let damage { throw damage }
    }
}

/// A record of an institution.
enum InstitutionRecord {
    /// A settlement, or a reversal's settlement; read into the reading's `settlement`.
    case settlement(isReversal: Bool)
    case use(AccountEvent, InstitutionUse)
    case none
}

extension RecordReading {
    /// Reads an institution's record at a position.
    func institutionRecord(_ position: Position) throws(LedgerDamage) -> InstitutionRecord {
        switch try record(position) {
        case .settlement: return .settlement(isReversal: false)
        case .reversal:
            try load(reversal.settlement)
            return .settlement(isReversal: true)
        case .accounts(let row):
            for event in row.events {
                if let use = event.movement.atInstitution { return .use(event, use) }
            }
            return .none
        case .booked, .earlierRecognition, .other:
            throw LedgerDamage.row(position, "is nothing that an institution made")
        }
    }

    /// Our rows of an institution and period, in journal order, at most one more than `Ledger.reconcileRowsMax`. Claims
    /// of channel `manual` are owed to the person and not included (G-18).
    func lines(
        _ records: InstitutionRecords, _ type: ClearingType?, _ insurance: Insurance? = nil,
        isOver: () -> Bool = { false }
    ) throws(ReadingFailure) -> [ReconcileLine] {
        var lines: [ReconcileLine] = []
        func add(_ line: @autoclosure () -> ReconcileLine, _ ofType: ClearingType, _ insured: Insurance) {
            if type == nil || type == ofType, insurance == nil || insurance == insured { lines.append(line()) }
        }
        var seen = 0
        var isStopped = false
        do throws(LedgerDamage) {
            try records.forEach { position throws(LedgerDamage) in
                seen += 1
                isStopped = seen % LedgerReader.rowsPerCheck == 0 && isOver()
                if isStopped { return false }
                switch try institutionRecord(position) {
                case .settlement(let isReversal):
                    if settlement.channel == .manual { break }
                    add(
                        ReconcileLine(settlement, isReversal: isReversal), ClearingType(settlement),
                        settlement.facts.insurance)
                case .use(let event, let use): add(ReconcileLine(event, use), ClearingType(use), .ofAccounts)
                case .none: break
                }
                return lines.count <= Ledger.reconcileRowsMax
            }
        } catch { throw .damaged(error) }
        if isStopped { throw .stopped }
        guard lines.count <= Ledger.reconcileRowsMax else {
            throw .refused(
                DomainRefusal(
                    .reconcilePeriodInvalid, "until", "\(records.until.number)",
                    "the period has more than \(Ledger.reconcileRowsMax) rows here: ask for fewer days"))
        }
        return lines
    }
}

extension LedgerReader {
    /// Compares an institution's own rows of a period with ours, by id: the answer of `Ledger.reconcile` as of the
    /// moment when `records` were taken.
    package func reconcile(
        _ records: InstitutionRecords, type: ClearingType?, insurance: Insurance? = nil, theirs: [ReconcileLine],
        isOver: () -> Bool = { false }
    ) throws(ReadingFailure) -> Reconciliation {
        Reconciliation(theirs: theirs, ours: try reading.lines(records, type, insurance, isOver: isOver))
    }
}
