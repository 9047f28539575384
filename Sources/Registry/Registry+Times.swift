import Records

/// Repairs recording times that a wrong clock set too late.
extension Registry {
    /// Takes `moment` for the time of everything that was recorded at a later one; O(records).
    ///
    /// - Parameters:
    ///   - ofPersons: whose records are looked at.
    ///   - ofOthers: whether those of institutions, areas and departments are.
    package func limitTimes(to moment: Moment, ofPersons: (UInt64) -> Bool, ofOthers: Bool) {
        people.limitTimes(to: moment, of: ofPersons)
        filings.limitTimes(to: moment, ofPersons: ofPersons, ofOthers: ofOthers)
        guard ofOthers else { return }
        institutions.limitTimes(to: moment)
        areas.limitTimes(to: moment)
    }
}

extension PersonRegister {
    fileprivate func limitTimes(to moment: Moment, of isMeant: (UInt64) -> Bool) {
        for row in 0..<persons.count {
            let person = persons.pointer(row)
            guard isMeant(person.pointee.number) else { continue }
            person.pointee.recorded = min(person.pointee.recorded, moment)
            var next = person.pointee.newest
            while next != 0 {
                let entry = entries.pointer(Int(next) - 1)
                entry.pointee.recorded = min(entry.pointee.recorded, moment)
                next = entry.pointee.previous
            }
        }
    }
}
