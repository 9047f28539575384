/// An institution row of a batch, with its level as it was sent; an unknown one spoils only the claims that use it.
package struct BatchInstitution: BitwiseCopyable, Sendable {
    package var institution: Institution
    package var level: UInt8
    package var isKnown: Bool

    package init(institution: Institution, level: UInt8, isKnown: Bool) {
        self.institution = institution
        self.level = level
        self.isKnown = isKnown
    }
}

/// A person row of a batch: facts, where the records are, and what is wrong with it.
package struct BatchPerson: Sendable {
    package var facts: PersonFacts
    package var rows: PersonRows
    /// The first bad fact of the row; claims of the row are refused with it.
    package var problem: Refusal
    /// What was sent there; of a product or a disease its index.
    package var sent: UInt32 = 0

    package init(facts: PersonFacts, rows: PersonRows, problem: Refusal = .none) {
        self.facts = facts
        self.rows = rows
        self.problem = problem
    }
}

/// What the claims of a batch name by number; the years and accounts are moved. Memory of whoever made it.
package struct BatchTables {
    package let institutions: UnsafeMutableBufferPointer<BatchInstitution>
    /// The pack's disease for each of the request's codes, 0 where the pack does not have it; entry 0 is "none".
    package let diseases: UnsafeMutableBufferPointer<UInt8>
    package let persons: UnsafeMutableBufferPointer<BatchPerson>
    package let identities: UnsafeMutableBufferPointer<DatedIdentity>
    package let filings: UnsafeMutableBufferPointer<DatedFiling>
    /// Person rows × the pack's slots.
    package let years: UnsafeMutableBufferPointer<Fen>
    /// Balances of all rows' accounts.
    package let accounts: UnsafeMutableBufferPointer<Fen>

    package init(
        institutions: UnsafeMutableBufferPointer<BatchInstitution>, diseases: UnsafeMutableBufferPointer<UInt8>,
        persons: UnsafeMutableBufferPointer<BatchPerson>, identities: UnsafeMutableBufferPointer<DatedIdentity>,
        filings: UnsafeMutableBufferPointer<DatedFiling>, years: UnsafeMutableBufferPointer<Fen>,
        accounts: UnsafeMutableBufferPointer<Fen>
    ) {
        self.institutions = institutions
        self.diseases = diseases
        self.persons = persons
        self.identities = identities
        self.filings = filings
        self.years = years
        self.accounts = accounts
    }
}
