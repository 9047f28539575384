import Ledger
import LedgerFormat
import LedgerIndex
import Policy
import Records
import Registry
import Settlement

/// What the index of visits must say, read settlement by settlement of the journal: slow and simple.
struct VisitModel {
    /// With all amounts, in the order of settling.
    private(set) var visits: [(region: String, visit: SettledVisit)] = []

    init(_ ledger: Ledger) throws {
        var standing: [Position: (region: String, visit: SettledVisit, id: String)] = [:]
        var damage: DomainRefusal?
        try ledger.forEachRecord(from: CalendarDate(1900_01_01), until: CalendarDate(2999_12_31)) { entry, isReversal in
            if isReversal {
                standing[entry.position] = nil
                return
            }
            do throws(DomainRefusal) {
                let pack = try ledger.pack(of: entry)
                standing[entry.position] = (pack.region, SettledVisit(entry, pack), entry.idText)
            } catch {
                damage = error
            }
        }
        if let damage { throw damage }
        for (position, found) in standing.sorted(by: { $0.key < $1.key }) {
            var visit = found.visit
            let changes =
                try ledger.adjustments(of: found.id, position).map { ($0.position, $0.funds) }
                + ledger.secondRounds(of: found.id, position).map { ($0.position, [$0.fund]) }
            for (_, funds) in changes.sorted(by: { $0.0 < $1.0 }) { visit.count(funds) }
            visits.append((found.region, visit))
        }
    }

    func answer(_ question: VisitQuestion) -> [SettledVisit] {
        visits.filter { $0.region == question.region && question.wants($0.visit) }.map { found in
            var visit = found.visit
            if !question.figures.contains(.burden) { visit.burden = 0 }
            if !question.figures.contains(.payments) { (visit.funds, visit.borne, visit.inPolicy) = ([], 0, 0) }
            return visit
        }
    }
}

extension SettledVisit {
    fileprivate init(_ entry: SettlementEntry, _ pack: PolicyPack) {
        self.init(
            person: entry.person,
            disease: entry.claim.disease == 0 ? "" : pack.diseases[Int(entry.claim.disease) - 1].code,
            level: entry.claim.institution.level, kind: entry.claim.kind, serviceDate: entry.claim.serviceDate,
            total: entry.claim.cost.total, inPolicy: entry.claim.cost.inPolicy)
        var sums = FundSums()
        pack.tables.add(entry.outcome, to: &sums)
        funds = pack.funds.indices.map { FundPart(fund: pack.funds[$0].id, paid: sums.paid[$0]) }
        borne = entry.accountTotal + entry.outcome.pointee.cash
        burden = pack.settledBurden(of: entry.claim, entry.outcome.pointee).burden
    }

    /// What is to be recovered the person bears.
    fileprivate mutating func count(_ changes: [FundChange]) {
        for change in changes {
            if [.pool, .largeAmount, .criticalIllness].contains(change.category) { burden -= change.amount }
            if let place = funds.firstIndex(where: { $0.fund == change.fund }) {
                funds[place].paid += change.amount
            } else {
                funds.append(FundPart(fund: change.fund, paid: change.amount))
            }
            borne -= change.amount
        }
    }
}

extension SettledVisitReader {
    func answer(_ question: VisitQuestion) throws(DomainRefusal) -> [SettledVisit] {
        var visits: [SettledVisit] = []
        try forEach(question) { visits.append($0) }
        return visits
    }
}
