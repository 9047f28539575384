import Ledger
import Policy
import Records
import Registry
import Settlement

/// The ledger as `FilingService` asks it.
extension Ledger: FilingLedger {
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
