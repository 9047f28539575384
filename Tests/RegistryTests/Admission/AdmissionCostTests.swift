import CAllocationCounter
import Registry
import Settlement
import Testing

@Suite(.serialized) struct `Admitting costs next to nothing` {
    @Test func `a usual claim is admitted without a call of malloc`() throws {
        let office = try Office()
        let hospital = office.institution(InstitutionRecord(code: "H50010100001", region: "chongqing", level: .two))
        for person in 1...10_000 as ClosedRange<UInt64> {
            office.insured(person)
            office.put(
                .identity(IdentityRecord(DatedIdentity(.lowIncome, given: CalendarDate(2023_05_02)), department: .civilAffairs)),
                of: person)
        }
        var claims = (1...10_000 as ClosedRange<UInt64>).map { command($0, at: hospital) }
        claims.shuffle()
        for claim in claims { _ = office.refusal(of: claim) }
        var refused = 0
        let clock = ContinuousClock()
        let before = allocation_count()
        let start = clock.now
        for _ in 0..<10 {
            for index in claims.indices where office.refusal(of: claims[index]) != nil { refused += 1 }
        }
        let elapsed = clock.now - start
        let after = allocation_count()
        print("admit: \(elapsed / 100_000) a claim")
        #expect(refused == 0)
        #expect(after - before <= 10, "\(after - before) allocations for 100,000 claims")
    }

    @Test func `a person takes about a hundred bytes`() {
        print("bytes a person: \(PersonRegister.bytesPerPerson), a record more: \(PersonRegister.bytesPerRecord)")
        #expect(PersonRegister.bytesPerPerson <= 48)
        #expect(PersonRegister.bytesPerRecord <= 64)
    }
}
