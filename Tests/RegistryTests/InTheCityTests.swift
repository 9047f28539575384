import Foundation
import Policy
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// An institution is in the city for the persons of the region it is registered under, and for nobody else.
@Suite struct `In the city` {
    private let office: Office

    init() throws { office = try Office() }

    @Test(arguments: [
        ("chongqing", false, true), ("chongqing", true, false), ("yantai", false, false), ("yantai", true, false),
        ("", false, false),
    ])
    func `G-15: only for the persons of its own region, and for none where it is marked as outside`(
        region: String, isMarkedOut: Bool, isInCity: Bool
    ) {
        let hospital = office.institution(
            InstitutionRecord(
                code: "M3", region: region, level: .three, isChineseMedicine: true, isCountyArea: true,
                isOutOfCity: isMarkedOut))
        office.insured(1)
        #expect(office.refusal(of: command(1, at: hospital, .inpatient)) == nil)
        #expect(office.admission.claim.institution.isOutOfCity == !isInCity)
        // What the institution is stays on the claim.
        #expect(office.admission.claim.institution.isChineseMedicine)
    }

    @Test func `G-15, CQ-4: 1,880 yuan at an L3 Chinese-medicine hospital of another region: 850 yuan, not 1,224`() throws {
        office.insured(1)
        let pack = try #require(office.registry.library["chongqing"])
        func pool(_ region: String) -> Fen {
            let hospital = office.institution(
                InstitutionRecord(code: "M-\(region)", region: region, level: .three, isChineseMedicine: true))
            var claim = command(1, at: hospital, .inpatient)
            claim.claim.cost = CostSplit(total: 1_880_00, inPolicy: 1_880_00)
            #expect(office.refusal(of: claim) == nil)
            return pack.settle(office.admission.claim, office.admission.facts).outcome.fundTotal
        }
        #expect(pool("yantai") == 850_00)
        // At home the deductible is that of L2: (1,880 − 440) × 85 %.
        #expect(pool("chongqing") == 1_224_00)
    }

    @Test func `G-15, CQ-42: at another region's hospital, registered for a disease outside the five, by hand only`() {
        office.insured(1)
        office.put(.special(SpecialRegistration(disease: "haemophilia", inForce: DateRange())), of: 1)
        let elsewhere = office.institution(InstitutionRecord(code: "Y3", region: "yantai", level: .three))
        #expect(office.refusal(of: command(1, at: elsewhere))?.code == .channelNotAllowed)
        #expect(office.refusal(of: command(1, at: elsewhere))?.rule == "CQ-42")
        let home = office.institution(InstitutionRecord(code: "C3", region: "chongqing", level: .three))
        #expect(office.refusal(of: command(1, at: home)) == nil)
    }

    @Test func `G-15, YT-10: a hospital of another region waives no deposit`() {
        office.insured(5, .resident, .unspecified, .unspecified, region: "yantai")
        let given = DatedIdentity(.lowIncome, given: CalendarDate(2023_01_01))
        office.put(.identity(IdentityRecord(given, department: .civilAffairs)), of: 5)
        for (region, isFree) in [("yantai", true), ("chongqing", false)] {
            let hospital = office.institution(InstitutionRecord(code: "D-\(region)", region: region, level: .three))
            let referral = Referral(
                number: region, to: hospital, fromLevel: .one, toLevel: .three, date: CalendarDate(2024_02_20),
                isFirstDiagnosis: true)
            office.put(.referral(referral), of: 5)
            var claim = command(5, at: hospital, .inpatient)
            claim.referral = region
            #expect(office.refusal(of: claim) == nil)
            #expect(office.admission.needsNoDeposit == isFree, "\(region)")
        }
    }

    @Test func `G-15, CQ-46: a county hospital of another region certifies nothing here`() throws {
        let desk = try FilingDesk()
        let facts = PersonFacts(insurance: .employee, membership: .employer, status: .active)
        desk.registry.apply(
            .institution(.registered(InstitutionRecord(code: "Y9", region: "yantai", level: .two, isCountyArea: true))),
            recorded: desk.now)
        let elsewhere = try #require(desk.registry.institutions.number(ofCode: "Y9"))
        #expect(try code { try desk.file("hypertension", of: 1, at: elsewhere, facts: facts) } == .institutionNotDesignated)
        #expect(try code { try desk.file("hypertension", of: 1, at: 1, facts: facts) } == nil)
    }
}

/// SY-5 and SY-6 act where an operator adds the table of the basic insurance; here deductibles of 200, 400, 800 yuan and
/// ratios of 90, 80, 70 %.
@Suite struct `Stays and referrals on an operator's table` {
    private static let library = Result { () throws -> PolicyLibrary in
        let pack = Project.root.appending(path: "Tests/PolicyTests/Packs/shenyang-operator.yaml")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("operator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: pack, to: folder.appendingPathComponent("shenyang.yaml"))
        return try PolicyLibrary.load(directory: folder.path)
    }

    private let office: Office

    init() throws {
        office = Office(try Self.library.get())
        for (code, region, level, isCounty) in [
            ("L1", "shenyang", .one, false), ("L2", "shenyang", .two, false), ("L3", "shenyang", .three, false),
            ("K3", "shenyang", .three, true), ("K4", "shenyang", .three, true), ("Y2", "yantai", .two, false),
            ("Y3", "yantai", .three, true),
        ] as [(String, String, Level, Bool)] {
            office.institution(InstitutionRecord(code: code, region: region, level: level, isCountyArea: isCounty))
        }
        office.person(1, region: "shenyang")
        office.put(.enrolment(Enrolment(.resident, covered: DateRange(from: CalendarDate(2020_01_01)))), of: 1)
    }

    private func number(_ code: String) -> UInt32 { office.registry.institutions.number(ofCode: code) ?? 0 }

    /// What the basic insurance pays of a stay of 10,000 yuan, and its deductible.
    private func stay(
        at code: String, referredFrom origin: String = "", level: Level = .unspecified
    ) throws -> (pool: Fen, deductible: Fen) {
        var claim = command(1, at: number(code), .inpatient, on: 2020_08_20)
        claim.claim.cost = CostSplit(total: 10_000_00, inPolicy: 10_000_00)
        if !origin.isEmpty || level != .unspecified {
            claim.referral = "Z-\(origin)\(level)-\(code)"
            let request = ReferralRequest(
                number: claim.referral, from: origin, to: code, fromLevel: level, date: CalendarDate(2020_08_01))
            #expect(office.ask(.referral(1, request, corrects: 0)) == nil)
        }
        #expect(office.refusal(of: claim) == nil)
        let pack = try #require(office.registry.library["shenyang"])
        let outcome = pack.settle(office.admission.claim, office.admission.facts).outcome
        return (outcome.layers[0].paid, outcome.deductiblePaid)
    }

    @Test(
        arguments: [
            ("K3", 7_680_00, 400_00), ("Y3", 6_440_00, 800_00), ("L3", 6_440_00, 800_00), ("Y2", 7_680_00, 400_00),
        ] as [(String, Fen, Fen)])
    func `G-15, SY-5: only an L3 institution of the city's own county areas is treated as L2`(
        code: String, pool: Fen, deductible: Fen
    ) throws {
        let stay = try stay(at: code)
        #expect(stay.pool == pool && stay.deductible == deductible)
    }

    @Test(
        arguments: [
            ("L1", "L2", 200_00), ("L2", "L3", 400_00), ("L1", "L3", 800_00), ("L3", "L2", 400_00),
            // From another region's hospital, or into one: a new admission.
            ("Y2", "L3", 800_00), ("L2", "Y3", 800_00),
            // Into a county's L3, which counts as L2: nothing from L2, the difference from L1.
            ("L2", "K3", 0), ("L1", "K3", 200_00),
            // From there to another L3: the difference of L3 and L2. Between two of them nobody goes upwards.
            ("K3", "L3", 400_00), ("K3", "K4", 400_00),
        ] as [(String, String, Fen)])
    func `G-15, SY-6: upwards within the city the deductible continues, by the treated levels on both sides`(
        from: String, to: String, deductible: Fen
    ) throws {
        #expect(try stay(at: to, referredFrom: from).deductible == deductible)
    }

    @Test func `G-15: a referral whose origin is only a level is taken as in the city`() throws {
        #expect(try stay(at: "L3", level: .two).deductible == 400_00)
        #expect(try stay(at: "Y3", level: .two).deductible == 800_00)
    }

    @Test func `SY-6: 'referred from' says the treated level`() throws {
        _ = try stay(at: "L3", referredFrom: "K3")
        #expect(office.admission.claim.referredFrom == .two)
    }
}
