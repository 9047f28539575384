import Settlement

/// What stands of a person on a day, as known now; none of these allocates but where it returns a text.
extension PersonRegister {
    /// Asks `body` for each entry that stands, the newest first, until it returns false.
    @inline(__always)
    func eachStanding(_ row: Int, _ body: (StoredEntry) -> Bool) {
        var next = persons.pointer(row).pointee.newest
        while next != 0 {
            let entry = entries.pointer(Int(next) - 1)
            if entry.pointee.stands, !body(entry.pointee) { return }
            next = entry.pointee.previous
        }
    }

    /// The name of the person's region on `date` by its number in `names`.
    @inline(__always)
    func region(_ row: Int, on date: CalendarDate) -> UInt16 {
        let person = persons.pointer(row).pointee
        guard person.hasNewerBasics else { return person.region }
        var region = person.region
        eachStanding(row) { entry in
            guard case .basics(let newer, _, let since, _) = entry.fact, since <= date else { return true }
            region = newer
            return false
        }
        return region
    }

    /// The person's region, area and month of birth as they stand on `date`, without the platform's number; nil: not
    /// registered.
    package func basics(of person: UInt64, on date: CalendarDate) -> PersonBasics? {
        let row = row(of: person)
        guard row >= 0 else { return nil }
        let stored = persons.pointer(row).pointee
        var basics = PersonBasics(
            region: names[stored.region], birthMonth: stored.birthMonth, area: areas[stored.area])
        guard stored.hasNewerBasics else { return basics }
        var hasMonth = false
        eachStanding(row) { entry in
            guard case .basics(let region, let birthMonth, let since, let area) = entry.fact else { return true }
            // A month of birth is the same on every day: the newest record is right.
            if !hasMonth { basics.birthMonth = birthMonth }
            hasMonth = true
            guard since <= date else { return true }
            basics.region = names[region]
            basics.since = since
            basics.area = areas[area]
            return false
        }
        return basics
    }

    /// The enrolment whose entitlement period holds `date` (CQ-45): of several the one recorded last.
    package func enrolment(of person: UInt64, on date: CalendarDate) -> Enrolment? {
        let row = row(of: person)
        guard row >= 0 else { return nil }
        var found: Enrolment?
        eachStanding(row) { entry in
            guard case .enrolment(let stored) = entry.fact, stored.covered.contains(date) else { return true }
            found = stored.enrolment
            return false
        }
        return found
    }

    /// True where the identity is in force for the person on the day (G-11), whatever others are besides.
    package func hasIdentity(_ identity: Identity, person: UInt64, on date: CalendarDate) -> Bool {
        let row = row(of: person)
        return row >= 0 && hasIdentity(identity, row, on: date)
    }

    /// When and why the person's registration ended; nil: it did not.
    package func departure(of person: UInt64) -> Departure? {
        let row = row(of: person)
        return row < 0 ? nil : departure(row)
    }

    func departure(_ row: Int) -> Departure? {
        var found: Departure?
        eachStanding(row) { entry in
            guard case .departure(let departure) = entry.fact else { return true }
            found = departure
            return false
        }
        return found
    }

    /// What `owner` is to `person` on `date` (CQ-31), whoever's record says it; nil: no relation is registered.
    package func relation(of owner: UInt64, to person: UInt64, on date: CalendarDate) -> FamilyRelation? {
        if let own = relation(onRecordOf: person, to: owner, on: date) { return own }
        return relation(onRecordOf: owner, to: person, on: date)?.inverse
    }

    private func relation(onRecordOf person: UInt64, to other: UInt64, on date: CalendarDate) -> FamilyRelation? {
        let row = row(of: person)
        guard row >= 0 else { return nil }
        var found: FamilyRelation?
        eachStanding(row) { entry in
            guard case .family(let high, let low, let relation, let inForce) = entry.fact,
                UInt64(high) << 32 | UInt64(low) == other, inForce.contains(date)
            else { return true }
            found = relation
            return false
        }
        return found
    }

    /// The person's referral of that number; nil: none is on file.
    func referral(_ row: Int, number: String) -> Referral? {
        var found: Referral?
        eachStanding(row) { entry in
            guard case .referral(let index) = entry.fact, referrals[Int(index)].number == number else { return true }
            found = referrals[Int(index)]
            return false
        }
        return found
    }
}
