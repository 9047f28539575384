import Records
import Registry
import Settlement
import Testing

/// What a pharmacy may submit, and what it needs for it.
@Suite struct `Claims of pharmacies` {
    private let office: Office
    private let third: UInt32
    private let pharmacy: UInt32

    init() throws {
        office = try Office()
        third = office.institution(InstitutionRecord(code: "H3", region: "chongqing", level: .three))
        pharmacy = office.institution(Self.pharmacy("P1"))
        office.insured(1)
        office.insured(2, .resident, .tier1, .unspecified)
    }

    private static func pharmacy(
        _ code: String, region: String = "chongqing", isPooling: Bool = true, isSpecial: Bool = true
    ) -> InstitutionRecord {
        var record = InstitutionRecord(
            code: code, region: region, kind: .pharmacy, level: .unspecified, treatsSpecialDiseases: isSpecial)
        record.isPoolingPharmacy = isPooling
        return record
    }

    /// An employee's claim with a prescription of two days before.
    private func prescribed(
        _ kind: ClaimKind = .outpatient, of person: UInt64 = 1, at institution: UInt32? = nil, by prescriber: UInt32? = nil
    ) -> SettleCommand {
        var claim = command(person, at: institution ?? pharmacy, kind)
        claim.prescribing = prescriber ?? third
        claim.prescription = "RX-1"
        claim.prescriptionDate = CalendarDate(2024_02_28)
        if kind == .special {
            claim.disease = "diabetes"
            office.registry.apply(
                .filing(
                    .qualified(
                        person: person,
                        Qualification(
                            number: 1, disease: "diabetes", inForce: DateRange(from: CalendarDate(2023_01_01)),
                            way: .carriedOver))),
                recorded: office.now)
        }
        return claim
    }

    @Test(arguments: [1, 2] as [UInt64], [ClaimKind.inpatient, .emergency])
    func `CQ-16: nobody stays at a pharmacy, or is rescued there`(person: UInt64, kind: ClaimKind) throws {
        for date in [2023_06_01, 2024_03_01] as [Int32] {
            let refusal = try #require(office.refusal(of: command(person, at: pharmacy, kind, on: date)))
            #expect(refusal.code == .institutionKindNotAllowed && refusal.rule == "CQ-16")
            #expect(refusal.field == "institution" && refusal.value == "P1")
        }
    }

    @Test func `CQ-16: which kinds a pharmacy may submit is the pack's: in Yantai stays too, elsewhere not`() throws {
        office.insured(3, .resident, .unspecified, .unspecified, region: "yantai")
        let yantai = office.institution(Self.pharmacy("P2", region: "yantai"))
        #expect(office.refusal(of: command(3, at: yantai, .inpatient)) == nil)
        #expect(office.refusal(of: command(3, at: yantai, .special)) == nil)
        #expect(office.refusal(of: command(3, at: yantai, .emergency))?.rule == "YT-5")
        // A pack that does not say: nobody has a stay at a pharmacy, and no other city's rule is cited.
        office.insured(4, .resident, .unspecified, .unspecified, region: "shenyang")
        let refusal = try #require(office.refusal(of: command(4, at: yantai, .inpatient)))
        #expect(refusal.code == .institutionKindNotAllowed && refusal.rule == "G-5")
        #expect(office.refusal(of: command(4, at: yantai, .outpatient)) == nil)
    }

    @Test(arguments: [ClaimKind.outpatient, .special, .twoDisease, .negotiated])
    func `CQ-16: an employee's claim from 2024 needs the prescription, its day and who wrote it`(kind: ClaimKind) {
        var claim = prescribed(kind)
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.claim.institution.level == .three)
        claim.prescribing = 0
        #expect(office.refusal(of: claim)?.field == "prescribing_institution")
        claim = prescribed(kind)
        claim.prescription = ""
        #expect(office.refusal(of: claim)?.field == "prescription_number")
        claim = prescribed(kind)
        claim.prescriptionDate = .none
        #expect(office.refusal(of: claim)?.field == "prescription_date")
        #expect(office.refusal(of: claim)?.code == .factMissing && office.refusal(of: claim)?.rule == "CQ-16")
        #expect(office.refusal(of: command(1, at: pharmacy, .specialDrug)) == nil)
    }

    @Test func `CQ-16: of residents and of earlier dates nothing is asked`() {
        for kind in [ClaimKind.outpatient, .twoDisease, .negotiated] {
            #expect(office.refusal(of: command(2, at: pharmacy, kind)) == nil, "\(kind)")
            #expect(office.refusal(of: command(1, at: pharmacy, kind, on: 2023_12_31)) == nil, "\(kind)")
            #expect(office.refusal(of: command(1, at: pharmacy, kind, on: 2024_01_01))?.code == .factMissing, "\(kind)")
        }
    }

    @Test func `CQ-16: a prescription is not of after the service date, nor of after today`() {
        var claim = prescribed()
        claim.prescriptionDate = claim.claim.serviceDate
        #expect(office.refusal(of: claim) == nil)
        claim.prescriptionDate = CalendarDate(2024_03_02)
        #expect(office.refusal(of: claim)?.code == .dateInvalid)
        #expect(office.refusal(of: claim)?.field == "prescription_date")
        claim.prescriptionDate = CalendarDate(2027_01_01)
        #expect(office.refusal(of: claim)?.code == .dateInFuture)
        claim.prescriptionDate = CalendarDate(2024_02_30)
        #expect(office.refusal(of: claim)?.code == .dateInvalid)
        claim = prescribed()
        claim.prescription = "RX 1"
        #expect(office.refusal(of: claim)?.code == .factInvalid)
    }

    @Test func `CQ-16, G-15: who prescribes is a designated medical institution in the city; Internet hospitals too`() {
        let elsewhere = office.institution(InstitutionRecord(code: "Y3", region: "yantai", level: .three))
        let refusal = office.refusal(of: prescribed(by: elsewhere))
        #expect(refusal?.code == .institutionNotDesignated && refusal?.field == "prescribing_institution")
        #expect(refusal?.value == "Y3" && refusal?.rule == "CQ-16")
        #expect(office.refusal(of: prescribed(by: pharmacy))?.code == .factInvalid)
        #expect(office.refusal(of: prescribed(by: 99))?.code == .institutionUnknown)
        let internet = office.institution(
            InstitutionRecord(code: "I2", region: "chongqing", kind: .internetHospital, level: .two))
        #expect(office.refusal(of: prescribed(by: internet)) == nil)
        #expect(office.admission.claim.institution.level == .two)
    }

    @Test func `CQ-16, CQ-46: outpatient at a pharmacy marked for pooling, special at one marked for special diseases`() {
        let plain = office.institution(Self.pharmacy("P3", isPooling: false, isSpecial: false))
        #expect(office.refusal(of: prescribed(.outpatient, at: plain))?.code == .institutionNotDesignated)
        #expect(office.refusal(of: prescribed(.outpatient, at: plain))?.rule == "CQ-16")
        #expect(office.refusal(of: prescribed(.special, at: plain))?.code == .institutionNotDesignated)
        #expect(office.refusal(of: prescribed(.special, at: plain))?.rule == "CQ-46")
        for kind in [ClaimKind.twoDisease, .negotiated] { #expect(office.refusal(of: prescribed(kind, at: plain)) == nil) }
    }

    @Test func `CQ-16, CQ-46: the marks hold on their days`() {
        var record = Self.pharmacy("P4")
        record.pooling = DateRange(from: CalendarDate(2024_03_01), until: CalendarDate(2024_03_31))
        record.specialDiseases = DateRange(until: CalendarDate(2024_02_29))
        let dated = office.institution(record)
        #expect(office.refusal(of: prescribed(.outpatient, at: dated)) == nil)
        #expect(office.refusal(of: prescribed(.special, at: dated))?.code == .institutionNotDesignated)
        var later = prescribed(.outpatient, at: dated)
        later.claim.serviceDate = CalendarDate(2024_04_01)
        #expect(office.refusal(of: later)?.code == .institutionNotDesignated)
    }

    @Test func `CQ-16: only a pharmacy names a prescription`() {
        for change in [
            { $0.prescribing = 1 }, { $0.prescription = "RX" }, { $0.prescriptionDate = CalendarDate(2024_01_01) },
        ] as [(inout SettleCommand) -> Void] {
            var claim = command(1, at: third)
            change(&claim)
            #expect(office.refusal(of: claim)?.code == .factInvalid)
        }
    }

    @Test func `CQ-16, YE-1: of a recorded claim only the kind is asked again`() throws {
        try office.registry.admit(command(1, at: pharmacy), today: nil, into: office.admission)
        #expect(throws: DomainRefusal.self) {
            try office.registry.admit(command(1, at: pharmacy, .inpatient), today: nil, into: office.admission)
        }
    }

    @Test func `CQ-16: the mark is a pharmacy's, and its days come with it`() {
        var record = InstitutionRecord(code: "H9", region: "chongqing", level: .one)
        record.isPoolingPharmacy = true
        #expect(office.ask(.institution(record))?.field == "institution.outpatient_pooling")
        record = Self.pharmacy("P9", isPooling: false)
        record.pooling = DateRange(from: CalendarDate(2024_01_01))
        #expect(office.ask(.institution(record))?.field == "institution.outpatient_pooling")
        record.isPoolingPharmacy = true
        record.pooling.until = CalendarDate(2023_12_31)
        #expect(office.ask(.institution(record))?.field == "institution.outpatient_pooling_until")
        record.pooling.until = .none
        #expect(office.ask(.institution(record)) == nil)
    }
}

/// What the person has paid in advance takes nothing from accounts.
@Suite struct `Manual claims and accounts` {
    @Test func `G-18, CQ-31: the default of a manual claim means none, and all is refused`() throws {
        let office = try Office()
        office.insured(1)
        let hospital = office.institution(InstitutionRecord(code: "H1", region: "chongqing", level: .one))
        var claim = command(1, at: hospital)
        claim.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        #expect(office.refusal(of: claim) == nil)
        #expect(office.admission.claim.accountUse == .standard)
        claim.channel = .manual
        for use in [AccountUse.standard, .none] {
            claim.claim.accountUse = use
            #expect(office.refusal(of: claim) == nil)
            #expect(office.admission.claim.accountUse == .none)
        }
        claim.claim.accountUse = .all
        let refusal = try #require(office.refusal(of: claim))
        #expect(refusal.code == .factInvalid && refusal.field == "claim.account_use" && refusal.rule == "CQ-31")
        // Recorded so before: the year's end looks at it as none.
        try office.registry.admit(claim, today: nil, into: office.admission)
        #expect(office.admission.claim.accountUse == .none)
    }
}
