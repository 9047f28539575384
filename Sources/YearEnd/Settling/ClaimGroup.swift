import Ledger
import Policy
import Population
import Records
import Registry
import Settlement
import Text

/// A person's year from a claims file: recorded is what the rows come to in the order of the file with their own facts,
/// as `jiesuan calculate` settles them; final are the facts of the persons file, where it has the person.
final class ClaimGroup: YearGroup {
    /// Memory of one region's accumulators while a person's rows are settled.
    private struct Year {
        var slots: [Fen]
        var balances: [Fen] = []
        var relations: [UInt8] = []
        var isOpen = false
    }

    private let packs: YearPacks
    private let year: Int32
    private let refused: (RowProblem) -> Void
    private let fresh: [Year]
    private var rows: [ClaimRow] = []
    private var changes: [[Fen]] = []
    private var person: PersonRecord?
    private let outcome: UnsafeMutablePointer<Outcome>

    /// - Parameter refused: told of rows that were not settled at all.
    init(_ packs: YearPacks, year: Int32, refused: @escaping (RowProblem) -> Void) {
        self.packs = packs
        self.year = year
        self.refused = refused
        fresh = packs.regions.map { Year(slots: [Fen](repeating: 0, count: $0.pack.tables.slotCount)) }
        outcome = .allocate(capacity: 1)
        outcome.initialize(to: Outcome())
    }

    deinit { outcome.deallocate() }

    func load(_ group: SpoolGroup, _ items: inout [YearItem]) throws {
        items.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        changes.removeAll(keepingCapacity: true)
        person = nil
        var years = fresh
        var facts: [FinalFacts] = []
        var repeated: Set<UInt64> = []
        for record in group.records {
            switch record.kind {
            case .person:
                facts.append(
                    try decode(record, group) { (reader: inout ByteReader) throws(DamagedBytes) in
                        FinalFacts(
                            line: Int(record.position), region: try reader.text(),
                            person: try ClaimCoding.person(&reader))
                    })
            case .repeated: repeated.insert(record.position - ClaimFileSource.repeatedBase)
            case .claim:
                let line = record.position - ClaimFileSource.claimBase
                if !repeated.isEmpty, repeated.contains(line) { continue }
                let row = try decode(record, group) { (reader: inout ByteReader) throws(DamagedBytes) in
                    try ClaimCoding.row(&reader)
                }
                settle(row, line: line, &years, &items)
            default: throw RunProblem("the spool is not of a claims file; remove the run's folder")
            }
        }
        person = final(facts, &items)
    }

    /// A row of the persons file.
    private struct FinalFacts {
        var line: Int
        /// Empty: not named.
        var region: String
        var person: PersonRecord
    }

    /// The facts that count for all of the person's claims; nil: the rows keep their own, and if that is because the
    /// persons file contradicts itself or the claims, it is told.
    private func final(_ facts: [FinalFacts], _ items: inout [YearItem]) -> PersonRecord? {
        guard let first = facts.first else { return nil }
        if let other = facts.first(where: { $0.person != first.person || $0.region != first.region }) {
            setAside(
                RowProblem(
                    line: other.line, column: "person", value: "\(first.person.number)",
                    code: DomainCode.recordConflict.name, rule: "YE-1",
                    message: "line \(first.line) of the persons file has other facts of this person; none of them is "
                        + "used, the claims keep their own: keep the line that is right"), &items)
            return nil
        }
        let regions = Set(items.map(\.region))
        if regions.count > 1 {
            setAside(
                RowProblem(
                    line: rows[0].line, id: rows[0].id, column: "region", value: rows[0].region, code: "REGION_CHANGED",
                    rule: "YE-1",
                    message: "the person of this row has claims of several regions, and the persons file one set of "
                        + "facts: the rows keep their own; make a run for each region, with its facts"), &items)
            return nil
        }
        if let region = regions.first, !first.region.isEmpty, packs.regions[region].pack.region != first.region {
            setAside(
                RowProblem(
                    line: first.line, column: "region", value: first.region, code: "REGION_CHANGED", rule: "YE-1",
                    message: "the person's claims are of \(packs.regions[region].pack.region), the persons file says "
                        + "another region: the claims keep their own facts; correct the region, or leave it empty"),
                &items)
            return nil
        }
        for index in items.indices { items[index].isTouched = differs(first.person, rows[items[index].record].person) }
        return first.person
    }

    private func setAside(_ problem: RowProblem, _ items: inout [YearItem]) {
        for index in items.indices { items[index].isTouched = false }
        refused(problem)
    }

    private func decode<Result>(
        _ record: SpoolGroup.Record, _ group: SpoolGroup, _ body: (inout ByteReader) throws(DamagedBytes) -> Result
    ) throws(RunProblem) -> Result {
        do {
            return try group.withBytes(of: record) { bytes throws(DamagedBytes) in
                var reader = ByteReader(bytes)
                return try body(&reader)
            }
        } catch {
            throw RunProblem("line \(record.position) cannot be read back; remove the run's folder and run again")
        }
    }

    private func settle(_ row: ClaimRow, line: UInt64, _ years: inout [Year], _ items: inout [YearItem]) {
        var row = row
        row.line = Int(line)
        do throws(RowProblem) {
            guard let region = packs.regions.firstIndex(where: { $0.pack.region == row.region }) else {
                throw RowProblem(unknownRegionOf: row, known: packs.regions.map(\.pack.region))
            }
            let resolved = try ResolvedRow(row, packs.regions[region].pack)
            if !years[region].isOpen {
                years[region].isOpen = true
                years[region].balances = row.person.accounts.map(\.balance)
                years[region].relations = row.person.accounts.map(\.relation.rawValue)
            }
            try items.append(settle(resolved, region, &years[region]))
        } catch {
            refused(error)
        }
    }

    private func settle(
        _ resolved: ResolvedRow, _ region: Int, _ year: inout Year
    ) throws(RowProblem) -> YearItem {
        let row = resolved.row
        let pack = packs.present[region]
        let tables = packs.regions[region].pack.tables
        let rowsOf = PersonRows(
            year: self.year, identities: 0..<resolved.identities.count, filings: 0..<resolved.filings.count,
            accounts: 0..<year.balances.count)
        let before = year.slots
        let refusal = resolved.settle(
            tables, rows: rowsOf, year: &year.slots, accounts: &year.balances, outcome: &outcome.pointee)
        guard refusal.isNone else { throw resolved.problem(refusal, packs.regions[region].pack) }
        var item = YearItem()
        item.record = rows.count
        item.position = UInt64(row.line)
        item.id = Array((row.id.isEmpty ? "\(row.line)" : row.id).utf8)
        item.serviceDate = resolved.claim.serviceDate
        item.settledMonth = item.serviceDate.number / 100
        item.institution = UInt32(resolved.claim.institution.level.rawValue)
        item.kind = resolved.claim.kind
        item.region = region
        item.outOfCatalog = resolved.claim.cost.outOfCatalog
        item.hasConsent = true
        item.recorded = pack.figures(resolved.claim, outcome)
        item.counted = pack.counted(item.kind, item.recorded)
        item.current.total = resolved.claim.cost.total
        item.current.funds = item.recorded.funds
        item.current.cash = outcome.pointee.cash
        for index in year.balances.indices {
            item.current.accounts[index] = outcome.pointee.accounts[index]
            item.owners.append((row.person.number, year.relations[index]))
        }
        item.settled = item.recorded.funds
        item.outside = item.recorded.outside
        item.settledAccounts = item.current.accounts.total
        rows.append(row)
        changes.append(zip(year.slots, before).map { $0 - $1 })
        return item
    }

    private func differs(_ final: PersonRecord, _ then: PersonRecord) -> Bool {
        final.facts != then.facts || final.identities != then.identities || final.filings != then.filings
            || final.product != then.product
    }

    // MARK: Final facts

    func admit(_ item: YearItem, _ group: SpoolGroup, into admission: Admission) throws -> String? {
        var row = rows[item.record]
        if let person {
            row.person.facts = person.facts
            row.person.identities = person.identities
            row.person.filings = person.filings
            row.person.product = person.product
        }
        do throws(RowProblem) {
            let resolved = try ResolvedRow(row, packs.regions[item.region].pack)
            admission.region = item.region
            admission.claim = resolved.claim
            admission.facts = resolved.facts
            admission.identities = resolved.identities
            admission.filings = resolved.filings
            return nil
        } catch {
            return error.code
        }
    }

    func recordedChange(_ item: YearItem, _ group: SpoolGroup, into change: inout [Fen]) throws {
        for (slot, amount) in changes[item.record].enumerated() { change[slot] += amount }
    }

    func recognitions(of person: UInt64) -> RecognitionState? { nil }
    var recognitionPayments: [RecognitionPayment] { [] }
}
