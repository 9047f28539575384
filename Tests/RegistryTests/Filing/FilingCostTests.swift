import CAllocationCounter
import Policy
import Records
import Registry
import Settlement
import Testing

@Suite(.serialized) struct `Filings cost next to nothing` {
    @Test func `a qualification takes 40 bytes`() {
        #expect(FilingRegister.bytesPerQualification == 40)
    }

    @Test func `a hundred thousand special-disease claims make no malloc call`() throws {
        let pack = try #require(try FilingDesk.library.get()["chongqing"])
        let register = FilingRegister()
        let days = DateRange(from: CalendarDate(2023_01_01))
        for person in 1...1_000 as ClosedRange<UInt64> {
            for (index, disease) in ["cancer_therapy", "diabetes", "hypertension"].enumerated() {
                let filing = Qualification(number: UInt32(index + 1), disease: disease, inForce: days, way: .certified)
                register.apply(.qualified(person: person, filing), recorded: Moment(milliseconds: 0))
            }
        }
        var record = InstitutionRecord(code: "500236000001", level: .two)
        record.treatsSpecialDiseases = true
        let claim = Claim(
            kind: .special, serviceDate: CalendarDate(2023_05_01), cost: CostSplit(total: 100_00, inPolicy: 100_00))
        let admission = Admission()
        admission.filings.reserveCapacity(8)
        // The first claim of a pack reads its rules.
        try register.admit(
            person: 1, pack: pack, disease: "diabetes", institution: record, claim: claim, into: admission)
        var filed = 0
        let before = allocation_count()
        for index in 0..<100_000 {
            try register.admit(
                person: UInt64(index % 1_000 + 1), pack: pack, disease: "cancer_therapy", institution: record,
                claim: claim, into: admission)
            filed += admission.filings.count
        }
        let count = allocation_count() - before
        #expect(count <= 10, "\(count) malloc calls")
        #expect(filed == 300_000)
    }
}
