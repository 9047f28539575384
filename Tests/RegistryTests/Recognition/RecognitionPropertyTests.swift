import Policy
import Registry
import Settlement
import TestSupport
import Testing

/// Against a plain recomputation from the list of everything that stands.
@Suite struct `Recognition against the plain list` {
    /// A settlement of the list with the part that it carried.
    struct Listed {
        var settled: SettledBurden
        var part: Fen
        var order: Int
    }

    /// The entitlement by hand: 60 % of what is above 10,000 元, half up to the fen, at most 30,000 元.
    static func entitled(_ burden: Fen) -> Fen { min(3_000_000, (max(0, burden - 1_000_000) * 6 + 5) / 10) }

    /// The recognition that a settlement counts in: the first whose window holds its day.
    static func year(of settled: SettledBurden, _ recognised: [(year: Int32, window: DateRange)]) -> Int32? {
        if settled.isAssisted { return nil }
        return recognised.sorted { $0.year < $1.year }.first { $0.window.contains(settled.serviceDate) }?.year
    }

    @Test func `YT-7: every order of small amounts pays the same altogether, whatever was past`() {
        // Tiny numbers reach every bound: threshold 3, limit 4, 60 %.
        let terms = RecognitionTerms(threshold: 3, ratio: 6_000, limit: 4, monthsBefore: 12)
        let day = CalendarDate(2023_06_01)
        var cases = 0
        for code in 0..<(6 * 6 * 6 * 6 * 6) {
            let burdens = (0..<5).map { Fen(code / [1, 6, 36, 216, 1_296][$0] % 6) }
            let whole = burdens.reduce(0, +)
            let due = min(4, (max(0, whole - 3) * 6 + 5) / 10)
            for past in 0...5 {
                var state = RecognitionState()
                state.apply(.applied(on: day))
                let before = burdens[..<past].reduce(0, +)
                let traced = min(4, (max(0, before - 3) * 6 + 5) / 10)
                state.apply(.recognised(year: 2023, on: day, terms, burden: before, outside: 0, paid: traced))
                var paid = traced
                for burden in burdens[past...] {
                    let settled = SettledBurden(serviceDate: day, burden: burden)
                    let part = state.settled(settled)
                    #expect(part >= 0 && part <= burden)
                    paid += part
                }
                #expect(paid == due && state[2023]?.paid == due && state[2023]?.burden == whole)
                #expect(state[2023]?.outstanding == 0 && state[2023]?.overpaid == 0)
                cases += 1
            }
        }
        #expect(cases == 46_656)
    }

    @Test func `YT-7: random lives agree with the list after every step`() throws {
        var random = SeededRandom.printed("recognition lives")
        let pack = try RecognitionDesk.pack()
        let today = CalendarDate(2026_12_31)
        var reversals = 0
        var seconds = 0
        for _ in 0..<2_000 {
            var state = RecognitionState()
            var list: [Listed] = []
            var recognised: [(year: Int32, window: DateRange)] = []
            var traced: [Int32: Fen] = [:]
            var isReversed = false
            for order in 0..<random.number(5...40) {
                switch random.number(1...10) {
                case 1:
                    let applied = random.day(2023...2026)
                    guard state[applied.year] == nil else { continue }
                    state.apply(try state.apply(on: applied, today: today))
                    guard recognised.allSatisfy({ $0.year < applied.year }) else { continue }
                    let event = try state.recognise(
                        year: applied.year, on: CalendarDate(year: applied.year, month: 12, day: 31), identity: .none,
                        past: list.map(\.settled), pack, today: today)
                    state.apply(event)
                    let first = applied.monthIndex - 12
                    let window = DateRange(
                        from: CalendarDate(year: first / 12, month: first % 12 + 1, day: 1),
                        until: CalendarDate(year: applied.year, month: 12, day: 31))
                    if !recognised.isEmpty { seconds += 1 }
                    recognised.append((applied.year, window))
                    traced[applied.year] = state[applied.year]?.paid
                    #expect(traced[applied.year] == Self.entitled(Self.sum(list, applied.year, recognised)))
                case 2 where !list.isEmpty:
                    // G-12: the last of a year, whatever stands in other years.
                    let year = random.pick(list).settled.serviceDate.year
                    let last = list.indices.filter { list[$0].settled.serviceDate.year == year }
                        .max { list[$0].order < list[$1].order }!
                    let taken = list.remove(at: last)
                    state.reversed(taken.settled, part: taken.part)
                    isReversed = true
                    reversals += 1
                default:
                    let settled = SettledBurden(
                        serviceDate: random.day(2022...2026), burden: Fen(random.number(0...3_000_000)),
                        isAssisted: random.chance(15))
                    let year = Self.year(of: settled, recognised)
                    let before = year.flatMap { state[$0]?.paid } ?? 0
                    let result = state.result(of: settled, layer: 7)
                    let part = state.settled(settled)
                    list.append(Listed(settled: settled, part: part, order: order))
                    #expect(result.map(\.paid) ?? 0 == part && (result == nil) == (year == nil))
                    if let year {
                        let due = max(0, Self.entitled(Self.sum(list, year, recognised)) - before)
                        #expect(part == min(settled.burden, due))
                    } else {
                        #expect(part == 0)
                    }
                }
                check(state, list, recognised, traced, isReversed: isReversed)
            }
        }
        #expect(reversals > 1_000 && seconds > 200)
    }

    static func sum(_ list: [Listed], _ year: Int32, _ recognised: [(year: Int32, window: DateRange)]) -> Fen {
        list.filter { Self.year(of: $0.settled, recognised) == year }.reduce(0) { $0 + $1.settled.burden }
    }

    private func check(
        _ state: RecognitionState, _ list: [Listed], _ recognised: [(year: Int32, window: DateRange)],
        _ traced: [Int32: Fen], isReversed: Bool
    ) {
        for (year, _) in recognised {
            guard let recognition = state[year] else {
                Issue.record("the recognition of \(year) is gone")
                return
            }
            let burden = Self.sum(list, year, recognised)
            let parts = list.filter { Self.year(of: $0.settled, recognised) == year }.reduce(0) { $0 + $1.part }
            #expect(recognition.burden == burden)
            #expect(recognition.paid == traced[year]! + parts)
            #expect(recognition.paid - recognition.entitled == recognition.overpaid - recognition.outstanding)
            if !isReversed { #expect(recognition.paid == Self.entitled(burden)) }
        }
    }

    @Test func `YT-7: reversing the last settlement gives back exactly what it carried`() throws {
        var random = SeededRandom.printed("recognition reversal")
        for _ in 0..<2_000 {
            var state = RecognitionState()
            try RecognitionDesk.recognise(&state, applied: 2023_03_01, on: 2023_03_10)
            var steps: [(RecognitionState, SettledBurden, Fen)] = []
            for _ in 0..<random.number(1...8) {
                let settled = SettledBurden(
                    serviceDate: random.day(2023...2023), burden: Fen(random.number(0...3_000_000)),
                    isAssisted: random.chance(20))
                let before = state
                steps.append((before, settled, state.settled(settled)))
            }
            for (before, settled, part) in steps.reversed() {
                state.reversed(settled, part: part)
                #expect(state == before)
            }
        }
    }

    @Test func `YT-7: what a reversal leaves outstanding is paid once, what it leaves overpaid is only told`() throws {
        var state = RecognitionState()
        try RecognitionDesk.recognise(&state, applied: 2024_03_01, on: 2024_03_10)
        let first = RecognitionDesk.burden(2023_04_01, yuan: 60_000)
        #expect(state.settled(first) == 30_000_00)
        #expect(state.settled(RecognitionDesk.burden(2024_04_01, yuan: 60_000)) == 0)
        #expect(state.payOutstanding(year: 2024) == nil)
        state.reversed(first, part: 30_000_00)
        #expect(state[2024]?.outstanding == 30_000_00)
        // The next settlement carries no more than its own burden.
        #expect(state.settled(RecognitionDesk.burden(2024_05_01, yuan: 100)) == 100_00)
        let event = try #require(state.payOutstanding(year: 2024))
        #expect(event == .paidOutstanding(year: 2024, 29_900_00))
        state.apply(event)
        #expect(state[2024]?.outstanding == 0 && state[2024]?.paid == 30_000_00 && state.payOutstanding(year: 2024) == nil)

        var other = RecognitionState()
        let past = RecognitionDesk.burden(2024_02_01, yuan: 20_000)
        try RecognitionDesk.recognise(&other, applied: 2024_03_01, on: 2024_03_10, past: [past])
        other.reversed(past, part: 0)
        #expect(other[2024]?.overpaid == 6_000_00 && other[2024]?.outstanding == 0)
        #expect(other.settled(RecognitionDesk.burden(2024_05_01, yuan: 19_000)) == 0)
        #expect(other[2024]?.overpaid == 600_00)
    }
}
