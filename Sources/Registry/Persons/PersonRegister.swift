import Records
import Settlement
import Text

/// The persons and everything that was ever recorded of them, by opaque number.
///
/// Append-only: a correction is a new record that supersedes an old one, so what was known on a day is still known.
/// Bounded by persons and records: at most `bytesPerPerson` + `bytesPerRecord` for each; a million persons with an
/// enrolment and an identity each took 147 MB.
package final class PersonRegister {
    /// Memory of a person without further records: its row, and up to two slots of the half-full index.
    package static var bytesPerPerson: Int {
        MemoryLayout<StoredPerson>.stride + 4 * MemoryLayout<UInt32>.stride
    }
    /// Memory of each record after the registration (a referral about 120 more).
    package static var bytesPerRecord: Int { MemoryLayout<StoredEntry>.stride }

    // Unchecked exclusivity: nothing that is handed a part of these reaches the register again, and the checks at run
    // time cost half of what finding a person does.
    @exclusivity(unchecked) var persons = Pool<StoredPerson>()
    @exclusivity(unchecked) var entries = Pool<StoredEntry>()
    @exclusivity(unchecked) var names = NameTable()
    /// Codes of areas, the empty one first; `RegistryLimit.areasMax` bounds them.
    var areas = NameTable()
    var referrals: [Referral] = []
    /// The platform's numbers (psn_no).
    @exclusivity(unchecked) private(set) var numbersOfPlatform = PersonNoTable()
    @exclusivity(unchecked) private var index = PersonIndex()

    package init() { _ = areas.number(of: "") }

    package var count: Int { persons.count }

    /// Every person's number, in the order of registering.
    package var numbers: [UInt64] { (0..<persons.count).map { persons.pointer($0).pointee.number } }

    /// Numbers of at most `limit` persons behind the first `after`, in the order of registering.
    package func numbers(after: Int, limit: Int) -> [UInt64] {
        let first = min(max(0, after), persons.count)
        let end = first + min(max(0, limit), persons.count - first)
        return (first..<end).map { persons.pointer($0).pointee.number }
    }

    /// The row of a person in `persons`; −1: not registered.
    @inline(__always)
    func row(of person: UInt64) -> Int {
        index.find(person) { persons.pointer($0).pointee.number }
    }

    package func contains(_ person: UInt64) -> Bool { row(of: person) >= 0 }

    /// Looks at what admitting each of these persons looks at first; gives a number that depends on all of it.
    ///
    /// Persons lie anywhere in memory, and what it brings for one waits for nothing of another: looked at in a row they
    /// come together.
    package func prefetch(_ numbers: UnsafeBufferPointer<UInt64>) -> Int64 {
        var seen: Int64 = 0
        for number in numbers {
            let row = row(of: number)
            guard row >= 0 else { continue }
            let newest = persons.pointer(row).pointee.newest
            if newest > 0 { seen &+= entries.pointer(Int(newest) - 1).pointee.recorded.milliseconds }
        }
        return seen
    }

    package func apply(_ event: PersonEvent, to person: UInt64, recorded: Moment) {
        let row = row(of: person)
        if row < 0 {
            // The rules register a person first; an event without that has nobody to be about.
            guard case .basics(let basics) = event.fact else { return }
            let stored = StoredPerson(
                number: person, recorded: recorded, newest: 0, birthMonth: basics.birthMonth,
                region: names.number(of: basics.region), entries: 1,
                area: areas.number(of: basics.area))
            let new = persons.append(stored)
            index.add(person, row: new) { persons.pointer($0).pointee.number }
            record(basics, of: new, record: 1)
            return
        }
        add(event, to: row, recorded: recorded)
    }

    private func add(_ event: PersonEvent, to row: Int, recorded: Moment) {
        let person = persons.pointer(row)
        // Sixty times more than the rules let a person have.
        guard person.pointee.entries < UInt16.max else { return }
        let number = person.pointee.entries + 1
        var supersedes = event.supersedes
        if supersedes == 0, case .basics(let basics) = event.fact {
            supersedes = replaced(by: basics, of: person.pointee)
        }
        if supersedes == 1 {
            person.pointee.newerBasics = number
        } else if supersedes > 1, let old = entry(supersedes, of: person.pointee) {
            old.pointee.supersededBy = number
        }
        let entry = StoredEntry(
            recorded: recorded, previous: person.pointee.newest, number: number, supersedes: supersedes,
            supersededBy: 0, fact: store(event.fact))
        let new = entries.append(entry)
        person.pointee.newest = UInt32(new + 1)
        person.pointee.entries = number
        if supersedes > 0 { numbersOfPlatform.retire(supersedes, of: row) }
        guard case .basics(let basics) = event.fact else { return }
        if !person.pointee.hasNewerBasics { person.pointee.newerBasics = .max }
        record(basics, of: row, record: number)
    }

    /// Takes the platform's number over that a registration or a move says.
    private func record(_ basics: PersonBasics, of row: Int, record: UInt16) {
        guard let no = PersonNo(basics.personNo) else { return }
        numbersOfPlatform.add(
            no, of: persons.pointer(row).pointee.number, at: row, region: names.number(of: basics.region),
            record: record)
    }

    /// The registration or move whose place `basics` takes where the journal names none: the one of the same day.
    private func replaced(by basics: PersonBasics, of person: StoredPerson) -> UInt16 {
        var next = person.newest
        while next != 0 {
            let entry = entries.pointer(Int(next) - 1).pointee
            if entry.stands, case .basics(_, _, let since, _) = entry.fact, since == basics.since {
                return entry.number
            }
            next = entry.previous
        }
        return basics.since == .none && person.supersededBy == 0 ? 1 : 0
    }

    /// A person's entry by its number; nil: there is none. The registration itself, number 1, is no entry.
    private func entry(_ number: UInt16, of person: StoredPerson) -> UnsafeMutablePointer<StoredEntry>? {
        var next = person.newest
        while next != 0 {
            let entry = entries.pointer(Int(next) - 1)
            if entry.pointee.number == number { return entry }
            next = entry.pointee.previous
        }
        return nil
    }

    private func store(_ fact: PersonFact) -> StoredFact {
        switch fact {
        case .basics(let basics):
            return .basics(
                region: names.number(of: basics.region), birthMonth: basics.birthMonth, since: basics.since,
                area: areas.number(of: basics.area))
        case .enrolment(let enrolment): return .enrolment(StoredEnrolment(enrolment))
        case .purchase(let purchase):
            return .purchase(
                product: names.number(of: purchase.product), boughtOn: purchase.boughtOn,
                isPreExisting: purchase.hasPreExistingDisease, premium: UInt32(clamping: purchase.premium))
        case .identity(let record): return .identity(record.dated, record.department)
        case .family(let member):
            return .family(
                otherHigh: UInt32(truncatingIfNeeded: member.other >> 32),
                otherLow: UInt32(truncatingIfNeeded: member.other), member.relation, member.inForce)
        case .special(let registration):
            return .special(disease: names.number(of: registration.disease), registration.inForce)
        case .referral(let referral):
            referrals.append(referral)
            return .referral(UInt32(referrals.count - 1))
        case .departure(let departure): return .departure(departure)
        case .withdrawn: return .withdrawn
        }
    }

    func fact(_ stored: StoredFact) -> PersonFact {
        switch stored {
        case .basics(let region, let birthMonth, let since, let area):
            .basics(
                PersonBasics(region: names[region], birthMonth: birthMonth, since: since, area: areas[area]))
        case .enrolment(let stored): .enrolment(stored.enrolment)
        case .purchase(let product, let boughtOn, let isPreExisting, let premium):
            .purchase(
                SupplementaryPurchase(
                    product: names[product], boughtOn: boughtOn, hasPreExistingDisease: isPreExisting,
                    premium: Fen(premium)))
        case .identity(let dated, let department): .identity(IdentityRecord(dated, department: department))
        case .family(let high, let low, let relation, let inForce):
            .family(FamilyMember(relation, UInt64(high) << 32 | UInt64(low), inForce: inForce))
        case .special(let disease, let inForce):
            .special(SpecialRegistration(disease: names[disease], inForce: inForce))
        case .referral(let index): .referral(referrals[Int(index)])
        case .departure(let departure): .departure(departure)
        case .withdrawn: .withdrawn
        }
    }
}
