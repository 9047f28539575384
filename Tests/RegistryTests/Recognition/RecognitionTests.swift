import Policy
import Records
import Registry
import Settlement
import Testing

/// Packs, days and short words for recognitions.
enum RecognitionDesk {
    static let today = CalendarDate(2024_12_31)

    static func pack() throws -> PolicyPack { try #require(try FilingDesk.library.get()["yantai"]) }

    /// Applies and recognises; what is due for the past.
    @discardableResult
    static func recognise(
        _ state: inout RecognitionState, applied: Int32, on day: Int32, past: [SettledBurden] = [],
        outside: [SettledBurden] = [], identity: Identity = .none
    ) throws -> Fen {
        let applied = CalendarDate(applied)
        state.apply(try state.apply(on: applied, today: today))
        let event = try state.recognise(
            year: applied.year, on: CalendarDate(day), identity: identity, past: past, outside: outside, try pack(),
            today: today)
        state.apply(event)
        guard case .recognised(_, _, _, _, _, let paid) = event else { return -1 }
        return paid
    }

    static func burden(_ day: Int32, yuan: Fen, isAssisted: Bool = false) -> SettledBurden {
        SettledBurden(serviceDate: CalendarDate(day), burden: yuan * 100, isAssisted: isAssisted)
    }
}

@Suite struct `Recognition of poverty through illness` {
    static let amounts: [(yuan: Fen, due: Fen)] = [
        (0, 0), (10_000, 0), (10_001, 60), (20_000, 600_000), (60_000, 3_000_000), (60_001, 3_000_000),
        (1_000_000, 3_000_000),
    ]

    @Test(arguments: amounts)
    func `YT-7: above 10,000 元 60 %, at most 30,000, for the past at once`(yuan: Fen, due: Fen) throws {
        var state = RecognitionState()
        let past = [RecognitionDesk.burden(2023_05_01, yuan: yuan / 2), RecognitionDesk.burden(2023_06_01, yuan: yuan - yuan / 2)]
        #expect(try RecognitionDesk.recognise(&state, applied: 2023_07_15, on: 2023_07_20, past: past) == due)
        #expect(state[2023]?.burden == yuan * 100 && state[2023]?.paid == due)
    }

    @Test func `YT-7: the entitlement is rounded once, half up`() throws {
        let terms = try #require(try RecognitionDesk.pack().recognition)
        #expect(terms == RecognitionTerms(threshold: 1_000_000, ratio: 6_000, limit: 3_000_000, monthsBefore: 12))
        #expect(terms.entitlement(1_000_001) == 1 && terms.entitlement(1_000_002) == 1)
        #expect(terms.entitlement(1_000_003) == 2 && terms.entitlement(999_999) == 0)
    }

    @Test func `YT-7: the window runs from the first day twelve months before the application's month`() throws {
        var state = RecognitionState()
        let past = [
            RecognitionDesk.burden(2022_06_30, yuan: 1), RecognitionDesk.burden(2022_07_01, yuan: 10_000), RecognitionDesk.burden(2023_12_31, yuan: 100),
            RecognitionDesk.burden(2024_01_01, yuan: 1_000), RecognitionDesk.burden(2023_03_01, yuan: 5_000, isAssisted: true),
        ]
        #expect(try RecognitionDesk.recognise(&state, applied: 2023_07_31, on: 2023_08_01, past: past) == 60_00)
        #expect(
            state[2023]?.window
                == DateRange(from: CalendarDate(2022_07_01), until: CalendarDate(2023_12_31)))
        var january = RecognitionState()
        try RecognitionDesk.recognise(&january, applied: 2024_01_02, on: 2024_02_01)
        #expect(january[2024]?.window.from == CalendarDate(2023_01_01))
    }

    @Test func `YT-7, I-11: costs before 2023 count; they come with the recognition`() throws {
        var state = RecognitionState()
        let outside = [RecognitionDesk.burden(2022_08_01, yuan: 9_000), RecognitionDesk.burden(2022_09_01, yuan: 500, isAssisted: true)]
        let past = [RecognitionDesk.burden(2023_01_05, yuan: 2_000)]
        #expect(try RecognitionDesk.recognise(&state, applied: 2023_07_31, on: 2023_08_01, past: past, outside: outside) == 600_00)
        #expect(state[2023]?.outside == 9_000_00)
        for wrong in [RecognitionDesk.burden(2022_06_30, yuan: 1), RecognitionDesk.burden(2023_01_01, yuan: 1)] {
            var state = RecognitionState()
            #expect(
                try code { try RecognitionDesk.recognise(&state, applied: 2023_07_31, on: 2023_08_01, outside: [wrong]) }
                    == .dateInvalid)
        }
    }

    @Test func `YT-7: every later settlement of the window carries its own part`() throws {
        var state = RecognitionState()
        #expect(
            try RecognitionDesk.recognise(
                &state, applied: 2023_03_01, on: 2023_03_10, past: [RecognitionDesk.burden(2023_02_01, yuan: 9_000)]) == 0)
        #expect(state.settled(RecognitionDesk.burden(2023_04_01, yuan: 1_500)) == 300_00)
        #expect(state.settled(RecognitionDesk.burden(2023_04_02, yuan: 5_000, isAssisted: true)) == 0)
        #expect(state.settled(RecognitionDesk.burden(2024_04_02, yuan: 5_000)) == 0)
        #expect(state.settled(RecognitionDesk.burden(2023_05_01, yuan: 40_000)) == 24_000_00)
        #expect(state.settled(RecognitionDesk.burden(2023_12_31, yuan: 40_000)) == 5_700_00)
        #expect(state.settled(RecognitionDesk.burden(2023_12_31, yuan: 40_000)) == 0)
        #expect(state[2023]?.paid == 30_000_00 && state[2023]?.outstanding == 0)
    }

    @Test func `YT-7: one application and one recognition in a natural year`() throws {
        var state = RecognitionState()
        try RecognitionDesk.recognise(&state, applied: 2023_03_01, on: 2023_03_10)
        #expect(try code { _ = try state.apply(on: CalendarDate(2023_12_31), today: RecognitionDesk.today) } == .recognitionRefused)
        #expect(
            try code {
                _ = try state.recognise(
                    year: 2023, on: CalendarDate(2023_12_31), identity: .none, past: [], try RecognitionDesk.pack(),
                    today: RecognitionDesk.today)
            } == .recognitionRefused)
        // Refused by the civil affairs office: no second application either.
        state.apply(try state.apply(on: CalendarDate(2024_01_02), today: RecognitionDesk.today))
        #expect(
            try code {
                _ = try state.refuse(year: 2024, on: CalendarDate(2024_02_01), reason: " ", today: RecognitionDesk.today)
            } == .reasonMissing)
        state.apply(
            try state.refuse(year: 2024, on: CalendarDate(2024_02_01), reason: "家庭收入超过标准", today: RecognitionDesk.today))
        #expect(try code { _ = try state.apply(on: CalendarDate(2024_06_01), today: RecognitionDesk.today) } == .recognitionRefused)
    }

    @Test func `YT-7: recognition follows an application, in order, for persons without another identity`() throws {
        let pack = try RecognitionDesk.pack()
        var state = RecognitionState()
        func attempt(_ year: Int32, on day: Int32, _ identity: Identity = .none) throws -> DomainCode? {
            try code {
                _ = try state.recognise(
                    year: year, on: CalendarDate(day), identity: identity, past: [], pack, today: RecognitionDesk.today)
            }
        }
        #expect(try attempt(2023, on: 2023_05_01) == .wrongStep)
        state.apply(try state.apply(on: CalendarDate(2023_05_01), today: RecognitionDesk.today))
        #expect(try attempt(2023, on: 2023_04_30) == .dateInvalid)
        #expect(try attempt(2023, on: 2025_01_01) == .dateInFuture)
        #expect(try attempt(2023, on: 2023_05_02, .monitored) == .recognitionRefused)
        #expect(try attempt(2023, on: 2023_05_02, .illnessPoverty) == nil)
        try RecognitionDesk.recognise(&state, applied: 2024_02_01, on: 2024_02_02)
        #expect(try attempt(2023, on: 2024_05_02) == .recognitionRefused)
        let chongqing = try #require(try FilingDesk.library.get()["chongqing"])
        #expect(
            try code {
                _ = try state.recognise(
                    year: 2023, on: CalendarDate(2023_05_02), identity: .none, past: [], chongqing, today: RecognitionDesk.today)
            } == .noRule)
    }

    @Test func `YT-7: the identity runs from the recognition itself to the end of the year, G-11 apart`() throws {
        var state = RecognitionState()
        state.apply(try state.apply(on: CalendarDate(2023_03_01), today: RecognitionDesk.today))
        #expect(state.identities.isEmpty)
        state = RecognitionState()
        try RecognitionDesk.recognise(&state, applied: 2023_03_01, on: 2023_03_10)
        let identity = try #require(state.identities.first)
        #expect(identity == DatedIdentity(.illnessPoverty, given: CalendarDate(2023_03_10), ended: CalendarDate(2023_12_31)))
        for (day, holds) in [(2023_03_09, false), (2023_03_10, true), (2023_12_31, true), (2024_01_01, false)] {
            #expect(identity.isInForce(on: CalendarDate(Int32(day))) == holds)
        }
    }

    @Test func `YT-7: what counted in one recognition does not count in the next`() throws {
        var state = RecognitionState()
        let first = RecognitionDesk.burden(2023_10_01, yuan: 30_000)
        try RecognitionDesk.recognise(&state, applied: 2023_09_01, on: 2023_09_10, past: [])
        #expect(state.settled(first) == 12_000_00)
        let between = RecognitionDesk.burden(2024_01_15, yuan: 20_000)
        #expect(state.settled(between) == 0)
        // The window of 2024 reaches back to March 2023, but October is counted already.
        #expect(try RecognitionDesk.recognise(&state, applied: 2024_03_01, on: 2024_03_02, past: [first, between]) == 6_000_00)
        // A late claim of 2023 still belongs to the recognition of 2023.
        #expect(state.settled(RecognitionDesk.burden(2023_11_01, yuan: 1_000)) == 600_00)
        #expect(state[2024]?.burden == 20_000_00 && state[2023]?.burden == 31_000_00)
    }
}
