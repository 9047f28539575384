import Settlement

/// One line of the register: who has filed or signed, with which institution, since when (SY-8).
package struct ContractRegisterRow: Equatable, Sendable {
    package var person: UInt64
    /// Code of the disease of a two-disease filing; empty: an outpatient contract.
    package var disease: String
    package var institution: UInt32
    package var since: CalendarDate
    package var until: CalendarDate
}

extension FilingRegister {
    /// Two-disease filings and contracts that stand on `day`, by person.
    package func contractRegister(
        on day: CalendarDate, belongs: (UInt64) -> Bool = { _ in true }
    ) -> [ContractRegisterRow] {
        var rows: [ContractRegisterRow] = []
        for person in persons.filter(belongs).sorted() {
            for known in qualifications.all(of: person) where known.isCurrent {
                let filing = known.qualification
                guard filing.way == .twoDisease, filing.inForce.contains(day) else { continue }
                rows.append(
                    ContractRegisterRow(
                        person: person, disease: filing.disease, institution: filing.institution,
                        since: filing.inForce.from, until: filing.inForce.until))
            }
            if let contract = contract(of: person, on: day) {
                rows.append(
                    ContractRegisterRow(
                        person: person, disease: "", institution: contract.institution,
                        since: contract.since, until: contract.until))
            }
        }
        return rows
    }
}
