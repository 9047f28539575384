import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `Filing special and chronic diseases` {
    @Test func `CQ-46: a special-disease claim needs a qualification in force on the service date`() throws {
        let desk = try FilingDesk()
        try desk.file("dialysis", of: 1, from: 2023_03_10, until: 2023_12_31, at: 2)
        for (day, isFiled) in [
            (2023_03_09, false), (2023_03_10, true), (2023_12_31, true), (2024_01_01, false),
        ] as [(Int32, Bool)] {
            let refusal = try desk.refusal("dialysis", of: 1, on: day)
            #expect((refusal == nil) == isFiled, "\(day)")
            if !isFiled {
                #expect(refusal?.code == .notEntitled && refusal?.rule == "CQ-46")
                #expect(refusal?.field == "disease" && refusal?.value == "dialysis")
            }
        }
        #expect(try desk.refusal("haemophilia", of: 1, on: 2023_06_01)?.code == .notEntitled)
        #expect(try desk.refusal("dialysis", of: 2, on: 2023_06_01)?.code == .notEntitled)
        #expect(try desk.refusal("no_such", of: 1, on: 2023_06_01)?.code == .factInvalid)
        // The calculator asks for a disease that is missing, and other kinds of claim are not asked.
        #expect(try desk.refusal("", of: 1, on: 2023_06_01) == nil)
        #expect(try desk.refusal("dialysis", of: 2, on: 2023_06_01, .inpatient) == nil)
    }

    @Test func `CQ-46: special diseases are settled at designated institutions only`() throws {
        let desk = try FilingDesk()
        try desk.file("diabetes", of: 1, at: 1)
        #expect(try desk.refusal("diabetes", of: 1, on: 2023_06_01, at: 2) == nil)
        for institution: UInt32 in [0, 1, 3] {
            let refusal = try desk.refusal("diabetes", of: 1, on: 2023_06_01, at: institution)
            #expect(refusal?.code == .institutionNotDesignated && refusal?.rule == "CQ-46")
        }
    }

    @Test(arguments: ["yantai", "shenyang", "anhui"])
    func `CQ-46: other regions do not ask for it`(region: String) throws {
        let desk = try FilingDesk()
        let disease = region == "anhui" ? "diabetes" : ""
        #expect(try desk.refusal(disease, of: 1, on: 2020_08_01, at: 3, region: region) == nil)
    }

    @Test func `an admission has the pack's numbers of what stands on file`() throws {
        let desk = try FilingDesk()
        let pack = try desk.pack("chongqing")
        try desk.file("hypertension", of: 7, at: 1)
        try desk.file("dialysis", of: 7, from: 2023_05_01, at: 2)
        try desk.file("dialysis", of: 8, at: 2)
        let admission = Admission()
        admission.filings = [DatedFiling(disease: 99, inForce: DateRange())]
        #expect(try desk.refusal("dialysis", of: 7, on: 2023_06_01, into: admission) == nil)
        let dialysis = try #require(pack.disease(code: "dialysis"))
        let hypertension = try #require(pack.disease(code: "hypertension"))
        #expect(Set(admission.filings.map(\.disease)) == [dialysis, hypertension])
        #expect(
            admission.filings.first { $0.disease == dialysis }?.inForce == DateRange(from: CalendarDate(2023_05_01)))
        // Another pack numbers them in its own way, or does not know them.
        _ = try desk.refusal("hypertension", of: 7, on: 2023_06_01, region: "anhui", into: admission)
        let anhui = try desk.pack("anhui")
        #expect(
            Set(admission.filings.map(\.disease))
                == Set([anhui.disease(code: "dialysis"), anhui.disease(code: "hypertension")].compactMap { $0 }))
        _ = try desk.refusal("", of: 7, on: 2023_06_01, region: "yantai", into: admission)
        #expect(admission.filings.isEmpty)
    }

    static let certifiers: [(disease: String, institution: UInt32, isAllowed: Bool)] = [
        ("hypertension", 1, true), ("diabetes", 1, true), ("hypertension", 2, true), ("diabetes", 3, false),
        ("dialysis", 1, false), ("dialysis", 2, true), ("coronary_disease", 3, false), ("haemophilia", 2, true),
        ("hypertension", 0, false), ("dialysis", 0, false),
    ]

    @Test(arguments: certifiers)
    func `CQ-46: who may certify what`(disease: String, institution: UInt32, isAllowed: Bool) throws {
        let desk = try FilingDesk()
        let code = try code { try desk.file(disease, of: 1, at: institution) }
        #expect(code == (isAllowed ? nil : .institutionNotDesignated))
    }

    @Test(arguments: [Membership.tier1, .tier2, .employer])
    func `CQ-14: what the membership may not use is not filed`(membership: Membership) throws {
        let desk = try FilingDesk()
        let pack = try desk.pack("chongqing")
        let facts = PersonFacts(insurance: .employee, membership: membership, status: .active)
        let allowed = ["cancer_therapy", "kidney_transplant", "dialysis", "haemophilia"]
        for disease in pack.diseases.map(\.code) {
            let person = UInt64(desk.filings.persons.count + 1)
            let code = try code { try desk.file(disease, of: person, at: 2, facts: facts) }
            #expect(code == (membership == .tier1 && !allowed.contains(disease) ? .notEntitled : nil), "\(disease)")
        }
        let resident = PersonFacts(insurance: .resident, membership: .tier1)
        try desk.file("diabetes", of: 1_000, at: 2, facts: resident)
    }

    @Test func `a filing names a disease of the pack, days that exist, and nothing that stands already`() throws {
        let desk = try FilingDesk()
        #expect(try code { try desk.file("no_such", of: 1, at: 2) } == .factInvalid)
        #expect(try code { try desk.file("dialysis", of: 1, from: 2023_02_29, at: 2) } == .dateInvalid)
        #expect(try code { try desk.file("dialysis", of: 1, until: 2022_12_31, at: 2) } == .dateInvalid)
        #expect(try code { try desk.file("dialysis", of: 1, at: 2, way: .screened) } == .factInvalid)
        #expect(try code { try desk.file("diabetes", of: 1, at: 4, way: .twoDisease) } == .noRule)
        try desk.file("dialysis", of: 1, from: 2023_01_01, until: 2023_06_30, at: 2)
        #expect(try code { try desk.file("dialysis", of: 1, from: 2023_06_30, at: 2) } == .recordConflict)
        try desk.file("dialysis", of: 1, from: 2023_07_01, at: 2)
        try desk.file("diabetes", of: 1, from: 2023_06_30, at: 2)
        // Somebody who had one before takes it along, whoever certified it.
        try desk.file("haemophilia", of: 1, at: 0, way: .carriedOver)
        #expect(try code { try desk.file("diabetes", of: 1, at: 2, region: "anhui") } == .wrongStep)
    }

    @Test func `a correction takes the place of what it corrects, and what was known stays known`() throws {
        let desk = try FilingDesk()
        let pack = try desk.pack("chongqing")
        try desk.file("dialysis", of: 1, at: 2)
        let before = desk.now
        let ended = DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2023_05_31))
        desk.apply(try desk.filings.correct(1, 1, inForce: ended, institution: nil, pack))
        let between = desk.now
        #expect(try desk.refusal("dialysis", of: 1, on: 2023_06_01)?.code == .notEntitled)
        #expect(try desk.refusal("dialysis", of: 1, on: 2023_05_31) == nil)
        #expect(
            try code { _ = try desk.filings.correct(1, 1, inForce: nil, institution: nil, pack) } == .recordConflict)
        #expect(
            try code { _ = try desk.filings.correct(1, 3, inForce: nil, institution: nil, pack) } == .recordUnknown)
        #expect(
            try code {
                _ = try desk.filings.correct(1, 2, inForce: ended, institution: desk.institution(1), pack)
            } == .institutionNotDesignated)
        desk.apply(try desk.filings.correct(1, 2, inForce: nil, institution: nil, pack))
        #expect(try desk.refusal("dialysis", of: 1, on: 2023_05_31)?.code == .notEntitled)
        #expect(
            try code { _ = try desk.filings.correct(1, 3, inForce: ended, institution: nil, pack) } == .recordConflict)

        func current(_ moment: Moment?) -> [UInt32] {
            desk.filings.qualifications(of: 1, knownAt: moment).filter(\.isCurrent).map(\.qualification.number)
        }
        #expect(current(before) == [1] && current(between) == [2] && current(nil) == [])
        #expect(desk.filings.qualifications(of: 1).map(\.supersededBy) == [2, 3, 0])
        #expect(desk.filings.qualifications(of: 1, knownAt: Moment(milliseconds: before.milliseconds - 1)).isEmpty)
        // After the withdrawal the disease may be filed anew.
        try desk.file("dialysis", of: 1, at: 2)
    }

    @Test func `a person has a bounded number of qualifications`() throws {
        let desk = try FilingDesk()
        let pack = try desk.pack("chongqing")
        let days = DateRange(from: CalendarDate(2023_01_01))
        try desk.file("dialysis", of: 1, at: 2)
        for number in 1..<UInt32(FilingLimit.qualificationsMax) {
            desk.apply(try desk.filings.correct(1, number, inForce: days, institution: nil, pack))
        }
        #expect(
            try code {
                _ = try desk.filings.correct(
                    1, UInt32(FilingLimit.qualificationsMax), inForce: days, institution: nil, pack)
            } == .recordConflict)
    }
}
