import Settlement

/// Who lives where: one walk over the register, without a look-up or a text for each person.
extension PersonRegister {
    /// Persons of a region on a day whose registration had not ended before, by number.
    ///
    /// - Parameters:
    ///   - isIn: whether an area's code is asked for; asked once for each code.
    ///   - identity: only those for whom it is in force on the day (G-11); nil: everybody.
    package func persons(
        ofRegion region: String, on day: CalendarDate, areas isIn: (String) -> Bool, with identity: Identity? = nil
    ) -> [UInt64] {
        guard let region = names.names.firstIndex(of: region).map({ UInt16($0) }) else { return [] }
        let isAreaIn = areas.names.map(isIn)
        var found: [UInt64] = []
        for row in 0..<persons.count {
            let person = persons.pointer(row).pointee
            let home = home(person, row, on: day)
            guard home.region == region, isAreaIn[Int(home.area)] else { continue }
            if person.newest != 0, let departure = departure(row), day > departure.date { continue }
            if let identity, !hasIdentity(identity, row, on: day) { continue }
            found.append(person.number)
        }
        return found.sorted()
    }

    /// Numbers of the person's region and area on a day.
    @inline(__always)
    private func home(
        _ person: StoredPerson, _ row: Int, on day: CalendarDate
    ) -> (region: UInt16, area: UInt16) {
        guard person.hasNewerBasics else { return (person.region, person.area) }
        var home = (region: person.region, area: person.area)
        eachStanding(row) { entry in
            guard case .basics(let region, _, let since, let area) = entry.fact, since <= day else { return true }
            home = (region, area)
            return false
        }
        return home
    }

    func hasIdentity(_ identity: Identity, _ row: Int, on day: CalendarDate) -> Bool {
        var isInForce = false
        eachStanding(row) { entry in
            if case .identity(let dated, _) = entry.fact, dated.identity == identity, dated.isInForce(on: day) {
                isInForce = true
            }
            return !isInForce
        }
        return isInForce
    }

    /// Whether one of the identities is in force for a person on a day (G-11).
    package func hasIdentity(among identities: [Identity], person: UInt64, on day: CalendarDate) -> Bool {
        let row = row(of: person)
        guard row >= 0 else { return false }
        var isInForce = false
        eachStanding(row) { entry in
            if case .identity(let dated, _) = entry.fact, dated.isInForce(on: day) {
                isInForce = identities.contains(dated.identity)
            }
            return !isInForce
        }
        return isInForce
    }

    /// Every identity that stands on a person's record, the oldest first; allocates nothing where there is none.
    package func identities(of person: UInt64) -> [DatedIdentity] {
        let row = row(of: person)
        guard row >= 0 else { return [] }
        var found: [DatedIdentity] = []
        eachStanding(row) { entry in
            if case .identity(let dated, _) = entry.fact { found.append(dated) }
            return true
        }
        return found.reversed()
    }

    /// Persons of whom an enrolment was ever recorded for which `isMeant` is true, corrected ones included, by number.
    package func persons(everEnrolled isMeant: (Enrolment) -> Bool) -> [UInt64] {
        var found: [UInt64] = []
        for row in 0..<persons.count {
            var next = persons.pointer(row).pointee.newest
            while next != 0 {
                let entry = entries.pointer(Int(next) - 1)
                if case .enrolment(let stored) = entry.pointee.fact, isMeant(stored.enrolment) {
                    found.append(persons.pointer(row).pointee.number)
                    break
                }
                next = entry.pointee.previous
            }
        }
        return found.sorted()
    }
}
