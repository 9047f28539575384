import Policy
import Settlement
import Testing

/// G-10, G-11: one identity counts, the highest, in the months in which it is in force.
@Suite struct `Identities` {
    static func bill(_ rule: String, on date: Int32 = 2023_05_05, _ identities: [DatedIdentity], pays: Fen) -> Bill {
        Bill(
            rule: rule, kind: .inpatient, date: date, facts: PersonFacts(insurance: .resident), inPolicy: 4_000_00,
            identities: identities, pays: [.assistance: pays])
    }

    static func given(_ identity: Identity, _ date: Int32 = 2022_06_01, ended: Int32 = 0) -> DatedIdentity {
        DatedIdentity(identity, given: CalendarDate(date), ended: CalendarDate(ended))
    }

    // Of 4,000: 特困 4,000, 低保 3,200, 返贫致贫 2,800, 低保边缘 and 监测 (4,000 − 3,000) × 50 % = 500.
    static let ranks = [
        bill("G-10 特困 before 低保", [given(.lowIncome), given(.destitute)], pays: 4_000_00),
        bill("G-10 低保 before 返贫致贫", [given(.returnedToPoverty), given(.lowIncome)], pays: 3_200_00),
        bill("G-10 返贫致贫 before 低保边缘", [given(.nearLowIncome), given(.returnedToPoverty)], pays: 2_800_00),
        bill("G-10 监测 before 因病致贫", [given(.illnessPoverty), given(.monitored)], pays: 500_00),
        bill("G-10 an identity of another region does not count", [given(.registeredPoor)], pays: 0),
        bill("G-10 the higher one is not in force", [given(.destitute, 2023_05_01), given(.lowIncome)], pays: 3_200_00),
    ]

    static let months = [
        bill("G-11 in the month it is given", on: 2023_03_31, [given(.destitute, 2023_03_01)], pays: 0),
        bill("G-11 from the first of the next", on: 2023_04_01, [given(.destitute, 2023_03_31)], pays: 4_000_00),
        bill("G-11 over the year's end", on: 2024_01_01, [given(.destitute, 2023_12_31)], pays: 4_000_00),
        bill(
            "G-11 to the last day of the month it ends", on: 2023_05_31,
            [given(.destitute, ended: 2023_05_01)], pays: 4_000_00),
        bill("G-11 not in the month after", on: 2023_06_01, [given(.destitute, ended: 2023_05_31)], pays: 0),
    ]

    @Test(arguments: ranks) func `G-10: the highest identity counts`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
    @Test(arguments: months) func `G-11: whole months`(_ bill: Bill) throws {
        try bill.check(Packs.builtIn("yantai"))
    }
    @Test func `G-10: of equal identities the first record is named`() throws {
        for first in [Identity.nearLowIncome, .monitored] {
            let second: Identity = first == .monitored ? .nearLowIncome : .monitored
            let settled = try Self.bill("", [Self.given(first), Self.given(second)], pays: 0)
                .settle(Packs.builtIn("yantai"))
            #expect(settled.outcome.identity == first)
        }
    }
}
