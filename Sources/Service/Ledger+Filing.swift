import Ledger
import Lists
import Policy
import Registry
import Settlement

/// The ledger as `FilingService` asks it.
extension Ledger: FilingLedger {
    package func forEachSettledVisit(
        in days: DateRange, region: String, figures: ((_ person: UInt64, _ day: CalendarDate) -> Bool)?,
        _ body: (SettledVisit) -> Void
    ) throws(DomainRefusal) {
        // A claim is settled on its service date or later; what was made since the first day is looked at.
        var visits: [UInt64: SettledVisit] = [:]
        // Of those whose figures are asked for: what year's ends booked is found by the id.
        var ids: [UInt64: String] = [:]
        var damage: DomainRefusal?
        try forEachRecord(from: days.from, until: now.date) { entry, isReversal in
            if isReversal {
                visits[entry.position.number] = nil
                return
            }
            guard days.contains(entry.claim.serviceDate) else { return }
            do throws(DomainRefusal) {
                let pack = try pack(of: entry)
                guard pack.region == region else { return }
                var visit = SettledVisit(
                    person: entry.person,
                    disease: entry.claim.disease == 0 ? "" : pack.diseases[Int(entry.claim.disease) - 1].code,
                    level: entry.claim.institution.level, kind: entry.claim.kind,
                    serviceDate: entry.claim.serviceDate, total: entry.claim.cost.total,
                    inPolicy: entry.claim.cost.inPolicy)
                if figures?(visit.person, visit.serviceDate) == true { visit.count(entry, pack) }
                visits[entry.position.number] = visit
                if !visit.funds.isEmpty { ids[entry.position.number] = entry.idText }
            } catch {
                damage = error
            }
        }
        if let damage { throw damage }
        for (number, visit) in visits {
            var visit = visit
            if let id = ids[number] {
                let settlement = Position(number: number)
                for adjustment in try adjustments(of: id, settlement) { visit.count(adjustment.funds) }
                for payment in try secondRounds(of: id, settlement) { visit.count([payment.fund]) }
            }
            body(visit)
        }
    }

    package func recognise(
        _ person: UInt64, _ command: RecognitionCommand
    ) throws(DomainRefusal) -> (event: RecognitionEvent, payment: RecognitionPayment?) {
        try ready()
        let today = now.date
        guard let basics = registry.people.basics(of: person, on: today) else {
            throw DomainRefusal(.personUnknown, "person", "\(person)", "register the person first")
        }
        guard let pack = library[basics.region] else {
            throw DomainRefusal(.noRule, "region", basics.region, "there is no policy pack of the person's region")
        }
        let event = try recognitions(of: person).decide(
            command, pack, today: today,
            identity: { day in identity(of: person, on: day, pack) },
            past: { window throws(DomainRefusal) in try burdens(of: person, in: window) },
            carrier: { window throws(DomainRefusal) in try recognitionCarrier(of: person, in: window) })
        return (event, try record(event, of: person))
    }

    /// The one identity that counts on a day (G-10), the recognitions' own not looked at.
    private func identity(of person: UInt64, on day: CalendarDate, _ pack: PolicyPack) -> Identity {
        var best = Identity.none
        var bestRank: UInt8 = 0
        for entry in registry.people.standing(of: person) {
            guard case .identity(let record) = entry.fact, record.dated.isInForce(on: day) else { continue }
            let rank = pack.calculator.identityRanks[Int(record.dated.identity.rawValue)]
            if rank > bestRank { (best, bestRank) = (record.dated.identity, rank) }
        }
        return best
    }
}

extension SettledVisit {
    /// Takes over what each fund paid and what is left to the person.
    fileprivate mutating func count(_ entry: SettlementEntry, _ pack: PolicyPack) {
        var sums = FundSums()
        pack.tables.add(entry.outcome, to: &sums)
        funds = pack.funds.indices.map { FundPart(fund: pack.funds[$0].id, paid: sums.paid[$0]) }
        borne = entry.accountTotal + entry.outcome.pointee.cash
        burden = pack.settledBurden(of: entry.claim, entry.outcome.pointee).burden
    }

    /// What an adjustment or a second round changed; what is to be recovered the person bears.
    fileprivate mutating func count(_ changes: [AdjustmentEntry.FundChange]) {
        for change in changes {
            switch change.category {
            case .pool, .largeAmount, .criticalIllness: burden -= change.amount
            default: break
            }
            if let place = funds.firstIndex(where: { $0.fund == change.fund }) {
                funds[place].paid += change.amount
            } else {
                funds.append(FundPart(fund: change.fund, paid: change.amount))
            }
        }
        borne -= changes.reduce(0) { $0 + $1.amount }
    }
}
