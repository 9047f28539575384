import Policy
import Records
import Registry
import Settlement
import Testing

/// Anhui's desk: a service point, two experts, papers that will do.
final class AppraisalDesk {
    static let papers = ["insurance_card", "outpatient_record", "diagnosis_certificate", "examination_report"]
    let desk: FilingDesk
    let pack: PolicyPack
    let today = CalendarDate(2021_12_31)

    init() throws {
        desk = try FilingDesk()
        pack = try desk.pack("anhui")
        let always = DateRange(from: CalendarDate(2020_01_01))
        for (code, title) in [("E1", "deputy_chief_physician"), ("E2", "chief_physician")] {
            desk.apply(try filings.register(Expert(code: code, title: title, inForce: always), pack))
        }
    }

    var filings: FilingRegister { desk.filings }

    @discardableResult
    func receive(
        _ disease: String = "diabetes", of person: UInt64 = 1, on day: Int32 = 2020_07_01,
        papers: [String] = AppraisalDesk.papers, at servicePoint: UInt32 = 5
    ) throws -> FilingKey {
        desk.apply(
            try filings.receive(
                disease, papers: papers, of: person, at: desk.institution(servicePoint), on: CalendarDate(day), pack,
                today: today))
        return FilingKey(person: person, number: UInt32(filings.applications(of: person).count))
    }

    func check(_ key: FilingKey, on day: Int32 = 2020_07_02, returnedFor reason: String? = nil) throws {
        desk.apply(try filings.check(key, on: CalendarDate(day), returnedFor: reason, today: today))
    }

    func passOn(_ key: FilingKey, on day: Int32 = 2020_07_10) throws {
        desk.apply(try filings.passOn(key, on: CalendarDate(day), pack, today: today))
    }

    func appraise(
        _ key: FilingKey, _ verdict: Verdict = .approved(.paper), by experts: [String] = ["E1"], green: Bool = false,
        on day: Int32 = 2020_07_31
    ) throws {
        desk.apply(
            try filings.appraise(
                key, verdict, by: experts, isGreenChannel: green, on: CalendarDate(day), pack, today: today))
    }

    func tell(_ key: FilingKey, _ recipient: FeedbackRecipient, on day: Int32 = 2020_08_03) throws {
        desk.apply(try filings.tell(key, recipient, on: CalendarDate(day), today: today))
    }

    /// An application that awaits the appraisal of July 2020.
    func waiting(_ disease: String = "diabetes", of person: UInt64 = 1) throws -> FilingKey {
        let key = try receive(disease, of: person)
        try check(key)
        try passOn(key)
        return key
    }
}

@Suite struct `Applying for a chronic-disease card` {
    @Test func `AH-1: an application needs its papers, and each may be one of several`() throws {
        let office = try AppraisalDesk()
        for missing in AppraisalDesk.papers {
            let papers = AppraisalDesk.papers.filter { $0 != missing }
            do {
                try office.receive(papers: papers)
                Issue.record("\(missing) is not missed")
            } catch let refusal as DomainRefusal {
                #expect(refusal.code == .documentsMissing && refusal.rule == "AH-1")
                #expect(refusal.value.contains(missing))
            }
        }
        try office.receive(papers: ["insurance_code", "outpatient_record", "discharge_record", "examination_report"])
        try office.receive("copd", papers: AppraisalDesk.papers + ["photograph"])
        #expect(try code { try office.receive("no_such") } == .factInvalid)
        #expect(try code { try office.receive("dialysis", at: 1) } == .institutionNotDesignated)
        #expect(try code { try office.receive("dialysis", at: 0) } == .institutionNotDesignated)
        #expect(try code { try office.receive("dialysis", on: 2022_01_01) } == .dateInFuture)
        // One under way for the same disease.
        #expect(try code { try office.receive("diabetes") } == .recordConflict)
    }

    static let due: [(day: Int32, month: String)] = [
        (2020_07_10, "2020-07"), (2020_07_25, "2020-07"), (2020_07_26, "2020-08"), (2020_12_25, "2020-12"),
        (2020_12_26, "2021-01"),
    ]

    @Test(arguments: due)
    func `AH-1, I-30: what is passed on by the 25th is appraised at that month's end`(day: Int32, month: String) throws {
        let office = try AppraisalDesk()
        let key = try office.receive()
        try office.check(key)
        try office.passOn(key, on: day)
        let application = try office.filings.application(key)
        #expect(monthText(application.dueMonth) == month)
        #expect(application.received == CalendarDate(2020_07_01) && application.passedOn == CalendarDate(day))
        let due = application.dueMonth
        #expect(office.filings.awaiting(month: due - 1).isEmpty)
        #expect(office.filings.awaiting(month: due).map(\.application) == [application])
        // What an office was late with is still on the next month's list.
        #expect(office.filings.awaiting(month: due + 1).count == 1)
        let early = CalendarDate(year: due / 12, month: due % 12 + 1, day: 25)
        if early.number >= day {
            #expect(try code { try office.appraise(key, on: early.number) } == .wrongStep)
        }
        try office.appraise(key, on: early.number + 1)
        #expect(office.filings.awaiting(month: due).isEmpty)
    }

    @Test func `AH-1: the green channel appraises at once`() throws {
        let office = try AppraisalDesk()
        let key = try office.waiting()
        #expect(try code { try office.appraise(key, on: 2020_07_10) } == .wrongStep)
        #expect(try code { try office.appraise(key, green: true, on: 2020_07_09) } == .dateInvalid)
        try office.appraise(key, green: true, on: 2020_07_10)
        let card = try #require(office.filings.cards(of: 1).first)
        #expect(card.card.way == .greenChannel && card.card.since == CalendarDate(2020_07_10))
    }

    @Test func `AH-2, I-31: an approved application gives a card in force from the day of the decision`() throws {
        let office = try AppraisalDesk()
        let key = try office.waiting()
        let other = try office.waiting("copd", of: 2)
        try office.appraise(key, .approved(.electronic), by: ["E1", "E2"])
        try office.appraise(other)
        let cards = [office.filings.cards(of: 1), office.filings.cards(of: 2)].flatMap { $0 }
        #expect(cards.map(\.card.number) == [1, 2] && cards.map(\.card.medium) == [.electronic, .paper])
        #expect(try office.filings.application(key).card == 1)
        let admission = Admission()
        for (day, count) in [(2020_07_30, 0), (2020_07_31, 1), (2021_07_31, 1)] as [(Int32, Int)] {
            #expect(try office.desk.refusal("diabetes", of: 1, on: day, region: "anhui", into: admission) == nil)
            #expect(admission.filings.count { $0.inForce.contains(CalendarDate(day)) } == count)
        }
        // The card is there: neither a second application nor a second card.
        #expect(try code { try office.receive(on: 2020_08_01) } == .recordConflict)
    }

    @Test func `AH-2: a refusal needs its written reason, and stays on record`() throws {
        let office = try AppraisalDesk()
        let key = try office.waiting()
        #expect(try code { try office.appraise(key, .refused("")) } == .reasonMissing)
        #expect(try code { try office.appraise(key, .refused(" \n")) } == .reasonMissing)
        try office.appraise(key, .refused("检查报告不符合鉴定标准"))
        let application = try office.filings.application(key)
        #expect(application.step == .refused && application.reason == "检查报告不符合鉴定标准")
        #expect(office.filings.cards(of: 1).isEmpty && office.filings.qualifications(of: 1).isEmpty)
        // Another try later.
        try office.receive(on: 2020_09_01)
    }

    @Test func `AH-2: only experts of the register decide, deputy chief physicians or above`() throws {
        let office = try AppraisalDesk()
        let always = DateRange(from: CalendarDate(2020_01_01))
        for title in ["attending_physician", "", "chief"] {
            #expect(
                try code {
                    _ = try office.filings.register(Expert(code: "E3", title: title, inForce: always), office.pack)
                } == .notEntitled)
        }
        office.desk.apply(
            try office.filings.register(
                Expert(
                    code: "E4", title: "chief_physician",
                    inForce: DateRange(from: CalendarDate(2020_01_01), until: CalendarDate(2020_07_30))), office.pack))
        let key = try office.waiting()
        #expect(try code { try office.appraise(key, by: []) } == .factMissing)
        #expect(try code { try office.appraise(key, by: ["E1", "E9"]) } == .notEntitled)
        #expect(try code { try office.appraise(key, by: ["E4"]) } == .notEntitled)
        try office.appraise(key, by: ["E2"])
        #expect(try office.filings.application(key).experts == ["E2"])
    }

    @Test func `AH-2: person or family and village committee are told, each once`() throws {
        let office = try AppraisalDesk()
        let key = try office.waiting()
        #expect(try code { try office.tell(key, .personOrFamily) } == .wrongStep)
        try office.appraise(key)
        #expect(office.filings.untold().map(\.person) == [1])
        #expect(try code { try office.tell(key, .personOrFamily, on: 2020_07_30) } == .dateInvalid)
        try office.tell(key, .personOrFamily)
        #expect(try code { try office.tell(key, .personOrFamily) } == .wrongStep)
        #expect(office.filings.untold().count == 1)
        try office.tell(key, .villageCommittee, on: 2020_08_05)
        let application = try office.filings.application(key)
        #expect(office.filings.untold().isEmpty && application.isComplete)
        #expect(application.told[1] == CalendarDate(2020_08_05))
    }

    /// Every step in every state: only the due one goes through, and what is due is said.
    @Test(arguments: 0...5) func `AH-1: a step out of order is refused and says which one is due`(state: Int) throws {
        let office = try AppraisalDesk()
        let key = try office.receive()
        let toState: [() throws -> Void] = [
            {}, { try office.check(key) },
            {
                try office.check(key)
                try office.passOn(key)
            },
            {
                try office.check(key)
                try office.passOn(key)
                try office.appraise(key)
            },
            {
                try office.check(key)
                try office.passOn(key)
                try office.appraise(key, .refused("不符合"))
            },
            { try office.check(key, returnedFor: "材料不清") },
        ]
        try toState[state]()
        let due = ["first check", "passing on", "appraisal", "telling", "telling", "new application"][state]
        let steps: [(name: String, isDue: Bool, body: () throws -> Void)] = [
            ("check", state == 0, { _ = try office.filings.check(key, on: CalendarDate(2020_07_31), returnedFor: nil, today: office.today) }),
            ("return", state == 0, { _ = try office.filings.check(key, on: CalendarDate(2020_07_31), returnedFor: "材料不清", today: office.today) }),
            ("pass on", state == 1, { _ = try office.filings.passOn(key, on: CalendarDate(2020_07_31), office.pack, today: office.today) }),
            (
                "appraise", state == 2,
                {
                    _ = try office.filings.appraise(
                        key, .approved(.paper), by: ["E1"], isGreenChannel: false, on: CalendarDate(2020_07_31), office.pack,
                        today: office.today)
                }
            ),
            (
                "tell", state == 3 || state == 4,
                {
                    _ = try office.filings.tell(key, .villageCommittee, on: CalendarDate(2020_07_31), today: office.today)
                }
            ),
        ]
        for step in steps {
            do {
                try step.body()
                #expect(step.isDue, "\(step.name) in state \(state)")
            } catch let refusal as DomainRefusal {
                #expect(!step.isDue && refusal.code == .wrongStep, "\(step.name) in state \(state): \(refusal)")
                #expect(refusal.message.contains(due), "\(refusal.message)")
            }
        }
        #expect(try code { try office.check(FilingKey(person: 1, number: 2)) } == .recordUnknown)
        #expect(try code { try office.check(FilingKey(person: 9, number: 1)) } == .recordUnknown)
        #expect(try code { try office.check(FilingKey(person: 1, number: 0)) } == .recordUnknown)
    }

    @Test func `AH-1: other regions have no applications`() throws {
        let office = try AppraisalDesk()
        let chongqing = try office.desk.pack("chongqing")
        #expect(
            try code {
                _ = try office.filings.receive(
                    "diabetes", papers: AppraisalDesk.papers, of: 1, at: office.desk.institution(5),
                    on: CalendarDate(2021_01_01), chongqing, today: office.today)
            } == .noRule)
    }
}
