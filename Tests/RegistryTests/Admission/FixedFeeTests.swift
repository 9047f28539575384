import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `Fixed fees are of medical institutions` {
    private let office: Office
    private let hospital: UInt32
    private let pharmacy: UInt32

    init() throws {
        office = try Office()
        hospital = office.institution(InstitutionRecord(code: "H50010100001", region: "chongqing", level: .three))
        var record = InstitutionRecord(code: "P1", region: "chongqing", kind: .pharmacy, level: .unspecified)
        record.isPoolingPharmacy = true
        pharmacy = office.institution(record)
        office.insured(1)
    }

    private func claim(at institution: UInt32, external: Fen, on date: Int32 = 2024_03_01) -> SettleCommand {
        var command = command(1, at: institution, .outpatient, on: date)
        command.claim.cost = CostSplit(total: 100_00, inPolicy: 100_00)
        command.claim.externalBasic = external
        if institution == pharmacy {
            command.prescribing = hospital
            command.prescription = "RX-1"
            command.prescriptionDate = CalendarDate(date)
        }
        return command
    }

    @Test func `CQ-17: a medical institution says what was paid for them, a pharmacy may not`() throws {
        #expect(office.refusal(of: claim(at: hospital, external: 10_00)) == nil)
        #expect(office.refusal(of: claim(at: pharmacy, external: 0)) == nil)
        let refusal = try #require(office.refusal(of: claim(at: pharmacy, external: 10_00)))
        #expect(refusal.code == .externalNotAllowed && refusal.rule == "CQ-17")
        #expect(refusal.field == "claim.external_basic" && refusal.value == "1000")
    }

    @Test func `CQ-17: two-disease cover is no fixed fee, and before 2024 the source is silent`() {
        var twoDisease = claim(at: pharmacy, external: 10_00)
        twoDisease.claim.kind = .twoDisease
        #expect(office.refusal(of: twoDisease) == nil)
        #expect(office.refusal(of: claim(at: pharmacy, external: 10_00, on: 2023_12_31)) == nil)
    }
}
