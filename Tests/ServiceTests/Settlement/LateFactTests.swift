import Client
import Population
import Registry
import Settlement
import Testing

/// Facts that become known after a claim was settled.
@Suite struct `Late facts` {
    private static let person: UInt64 = 301

    /// A stay in Yantai, of which the basic insurance outside paid a half.
    private func stay(_ id: String) -> SettlementRequest {
        let claim = Claim(
            kind: .inpatient, serviceDate: CalendarDate(2024_06_30),
            cost: CostSplit(total: 20_000_00, inPolicy: 20_000_00), externalBasic: 10_000_00)
        return SettlementRequest(id: id, person: Self.person, institution: "Y2", ClaimRecord(claim))
    }

    /// The identity was in force on the service date; the year-end run books what it changes, nothing else does.
    @Test func `G-13: an identity that is back-dated leaves what is settled as it is, and counts from then on`() throws {
        let server = try LedgerServer()
        let client = try server.connect()
        let registry = RegistryClient(client.client)
        let always = DateRange(from: CalendarDate(2020_01_01))
        #expect(
            try registry.put([
                .person(Self.person, PersonBasics(region: "yantai", birthMonth: 1980_01)),
                .enrol(Self.person, EnrolmentRequest(Enrolment(.resident, covered: always))),
            ]).errors.isEmpty)
        let before = try client.settleBytes(stay("before"))
        let record = try client.get("before")
        #expect(record.answer.outcome.outcome[.assistance] == 0 && record.answer.outcome.outcome.identity == .none)

        // Given in January, told in July.
        let identity = DatedIdentity(.lowIncome, given: CalendarDate(2024_01_10))
        _ = try registry.put(
            .identity(Self.person, IdentityRecord(identity, department: .civilAffairs), corrects: 0))
        #expect(try client.settleBytes(stay("before")) == before)
        let after = try client.get("before")
        #expect(after.answer.outcome.outcome == record.answer.outcome.outcome)
        #expect(after.changes.elementsEqual(record.changes) { $0 == $1 })

        let later = try client.settle(stay("later")).outcome
        #expect(later.outcome.identity == .lowIncome)
        #expect(later.outcome[.assistance] > 0)
        // An assistance of 80 % of what is left, of this settlement alone.
        let left = 10_000_00 - later.outcome[.criticalIllness]
        #expect(later.outcome[.assistance] == (left * 80 + 50) / 100)
    }
}
