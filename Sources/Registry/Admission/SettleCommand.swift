import Settlement

/// How a claim came here (结算渠道). Raw values are those of `Proto/jiesuan/v1/settlement_service.proto`.
package enum Channel: UInt8, CaseIterable, Sendable {
    /// 联网直接结算.
    case online
    /// 手工报销: paid in advance and settled afterwards, with documents (CQ-42, AH-6).
    case manual
}

/// A claim that is to be settled for a registered person at a registered institution.
package struct SettleCommand: Equatable, Sendable {
    package var person: UInt64
    /// Number of the institution in the register; 0: none is named.
    package var institution: UInt32 = 0
    /// Number of the institution that prescribed, for a claim of a pharmacy; 0: none.
    package var prescribing: UInt32 = 0
    /// 外购电子处方, for a claim of a pharmacy: its number at the prescribing institution; empty: none is named (CQ-16).
    package var prescription = ""
    /// The day on which it was written; `none`: not told.
    package var prescriptionDate = CalendarDate.none
    /// `institution`, `disease` and `referredFrom` are not read here: the register says them.
    package var claim: Claim
    /// Code of the disease in the region's table (病种); empty: none.
    package var disease = ""
    /// Owners of family accounts that may pay after the person's own, in this order (CQ-31).
    package var familyAccounts: [UInt64] = []
    package var channel = Channel.online
    /// Kinds of documents handed in (CQ-42).
    package var documents: [String] = []
    /// Weeks of a long-term prescription; 0: it is none (CQ-43).
    package var prescriptionWeeks: UInt32 = 0
    /// Number of a registered referral; empty: none (SY-6, YT-10).
    package var referral = ""

    /// Whether anything of a prescription is said.
    package var namesPrescription: Bool {
        prescribing != 0 || !prescription.isEmpty || prescriptionDate != .none
    }

    package init(person: UInt64, claim: Claim) {
        self.person = person
        self.claim = claim
    }
}

/// The register's facts for one claim: all calculator input except the year and the accounts.
package struct Admitted {
    /// Index of the person's region among the packs of the library.
    package var region = 0
    /// The command's claim with institution, disease and referral filled in.
    package var claim = Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))
    package var facts = PersonFacts(insurance: .unspecified)
    package var identities: [DatedIdentity] = []
    package var filings: [DatedFiling] = []
    /// Relations of the command's family accounts, in their order: spouse 1, parent 2, child 3.
    package var relations: [UInt8] = []
    /// 先诊疗后付费, rule YT-10.
    package var needsNoDeposit = false
}

/// The result of `Registry.admit`. One object is reused for every claim, so that its arrays keep their memory.
package final class Admission {
    /// Heap-allocated, so that settling reads the few fields it needs in place and copies nothing.
    package let result: UnsafeMutablePointer<Admitted>

    package init() {
        result = .allocate(capacity: 1)
        result.initialize(to: Admitted())
    }

    deinit {
        result.deinitialize(count: 1)
        result.deallocate()
    }

    package var region: Int {
        _read { yield result.pointee.region }
        _modify { yield &result.pointee.region }
    }
    package var claim: Claim {
        _read { yield result.pointee.claim }
        _modify { yield &result.pointee.claim }
    }
    package var facts: PersonFacts {
        _read { yield result.pointee.facts }
        _modify { yield &result.pointee.facts }
    }
    package var identities: [DatedIdentity] {
        _read { yield result.pointee.identities }
        _modify { yield &result.pointee.identities }
    }
    package var filings: [DatedFiling] {
        _read { yield result.pointee.filings }
        _modify { yield &result.pointee.filings }
    }
    package var relations: [UInt8] {
        _read { yield result.pointee.relations }
        _modify { yield &result.pointee.relations }
    }
    package var needsNoDeposit: Bool {
        _read { yield result.pointee.needsNoDeposit }
        _modify { yield &result.pointee.needsNoDeposit }
    }
}
