import Policy
import Settlement

/// The nine worked examples of the source documents (rules.md §6), with their printed results.
///
/// The documents print whole yuan. 003 works with the costs of a whole year, 002 with one bill each.
package enum WorkedExamples {
    package static let all = chongqing + shenyang

    /// 003, the examples of its question 19 (问答十九): a year each, as one claim.
    private static let chongqing: [ClaimRow] = [
        employee(
            "003-1", status: .retired, membership: .employer, account: 1_260_00, .outpatient, 2_800_00, .two,
            fund: 1_890_00, paid: 910_00, cash: 0),
        employee(
            "003-2", status: .active, membership: .employer, account: 2_000_00, .outpatient, 3_000_00, .three,
            fund: 1_400_00, paid: 1_600_00, cash: 0),
        employee(
            "003-3", status: .active, membership: .employer, account: 989_00, .special, 6_350_00, .two,
            disease: "coronary_disease", fund: 5_581_00, paid: 769_00, cash: 0),
        employee(
            "003-4", status: .retired, membership: .employer, account: 1_380_00, .special, 40_000_00, .three,
            disease: "cancer_therapy", fund: 38_023_00, paid: 1_380_00, cash: 597_00),
        employee(
            "003-5", status: .active, membership: .tier2, account: 1_068_00, .special, 110_400_00, .three,
            disease: "dialysis", fund: 107_805_00, paid: 1_068_00, cash: 1_527_00),
    ]

    /// 002, the comparison of levels of its question 7 (七(一)): stays for angina, dialysis as outpatients.
    private static let shenyang: [ClaimRow] = [
        poor(
            "002-1", .inpatient, .two, total: 6_264_00, inPolicy: 6_175_00, basic: 4_149_00, fund: 5_567_00,
            cash: 697_00),
        poor(
            "002-2", .inpatient, .three, total: 8_152_00, inPolicy: 7_025_00, basic: 4_352_00, fund: 6_223_00,
            cash: 1_929_00),
        poor(
            "002-3", .special, .two, total: 5_492_00, inPolicy: 5_486_00, basic: 4_371_00, fund: 5_152_00,
            cash: 340_00),
        poor(
            "002-4", .special, .three, total: 7_313_00, inPolicy: 7_310_00, basic: 4_924_00, fund: 6_594_00,
            cash: 719_00),
    ]

    private static func employee(
        _ id: String, status: WorkStatus, membership: Membership, account: Fen, _ kind: ClaimKind, _ inPolicy: Fen,
        _ level: Level, disease: String = "", fund: Fen, paid: Fen, cash: Fen
    ) -> ClaimRow {
        let person = PersonRecord(
            number: number(id), facts: PersonFacts(insurance: .employee, membership: membership, status: status),
            accounts: [AccountState(balance: account)])
        let claim = Claim(
            kind: kind, serviceDate: CalendarDate(2024_06_30), cost: CostSplit(total: inPolicy, inPolicy: inPolicy),
            institution: Institution(level: level))
        return ClaimRow(
            id: id, region: "chongqing", person: person, claim: ClaimRecord(claim, disease: disease),
            printed: PrintedResult(fund: fund, account: paid, cash: cash))
    }

    private static func poor(
        _ id: String, _ kind: ClaimKind, _ level: Level, total: Fen, inPolicy: Fen, basic: Fen, fund: Fen, cash: Fen
    ) -> ClaimRow {
        let person = PersonRecord(
            number: number(id), facts: PersonFacts(insurance: .resident),
            identities: [DatedIdentity(.registeredPoor, given: CalendarDate(2019_01_15))])
        let claim = Claim(
            kind: kind, serviceDate: CalendarDate(2020_06_30),
            cost: CostSplit(total: total, outOfCatalog: total - inPolicy, inPolicy: inPolicy),
            institution: Institution(level: level), externalBasic: basic)
        return ClaimRow(
            id: id, region: "shenyang", person: person, claim: ClaimRecord(claim),
            printed: PrintedResult(fund: fund, cash: cash))
    }

    /// "003-1" → 31.
    private static func number(_ id: String) -> UInt64 {
        UInt64(id.filter { $0 != "-" }) ?? 0
    }
}
