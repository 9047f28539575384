import Policy
import Settlement
import Testing
import YearEnd

@Suite struct `Proof of conservation` {
    private let regions: [YearRegion]

    init() throws { regions = try YearPacks(YearWorld.library, archive: nil).regions }

    /// Sums that hold: a bill of 100 元, of which the first fund paid 60 and pays 70 finally.
    private var sums: YearSums {
        var sums = YearSums(regions)
        var fund = Movement()
        fund.recorded = 60_00
        fund.adjusted = 10_00
        fund.final = 70_00
        sums.regions[0].total = 100_00
        sums.regions[0].funds[0] = fund
        sums.regions[0].cash.recorded = 40_00
        sums.regions[0].cash.adjusted = -10_00
        sums.regions[0].cash.final = 30_00
        // Of the 60 the institution gets 45, 15 were paid outside; the 10 are the person's.
        sums.regions[0].payees[0].institutions = 45_00
        sums.regions[0].payees[0].outside = 15_00
        sums.regions[0].payees[0].persons = 10_00
        sums.regions[0].accountPayees.uses = 3_00
        sums.clearing.add(cell(owed: 45_00, outside: 15_00, account: 3_00))
        return sums
    }

    private func cell(owed: Fen = 0, outside: Fen = 0, account: Fen = 0) -> ClearingCell {
        let rest = [Fen](repeating: 0, count: regions[0].funds.count - 1)
        var cell = ClearingCell(
            institution: 1, month: 2024_07, region: 0, owed: [owed] + rest, outside: [outside] + rest)
        cell.account = account
        return cell
    }

    private func isProved(_ sums: YearSums, _ rounds: [SecondRoundResult] = []) -> Bool {
        do {
            _ = try YearProof.prove(sums, regions, rounds, AccountTotals())
            return true
        } catch { return false }
    }

    @Test func `G-7, YE-7: sums that add up are proved`() { #expect(isProved(sums)) }

    @Test func `G-7, YE-7: a fen that is lost or made anywhere stops the report`() {
        let faults: [(inout YearSums) -> Void] = [
            { $0.regions[0].funds[0].recorded += 1 }, { $0.regions[0].funds[0].adjusted -= 1 },
            { $0.regions[0].funds[0].final += 1 }, { $0.regions[0].cash.final += 1 },
            { $0.regions[0].cash.adjusted += 1 }, { $0.regions[0].recoverable.final = 1 },
            { $0.regions[0].account.recorded = 1 }, { $0.regions[0].total -= 1 }, { $0.regions[0].unbalanced = 1 },
            { $0.regions[1].funds[0].final = 1 },
        ]
        for (number, fault) in faults.enumerated() {
            var wrong = sums
            fault(&wrong)
            #expect(!isProved(wrong), "fault \(number)")
        }
    }

    @Test func `YE-3, YE-7: clearing that is not the funds' total stops the report`() {
        for more in [cell(owed: 1), cell(outside: -1), cell(owed: -1, outside: 1), cell(account: 1)] {
            var wrong = sums
            wrong.clearing.add(more)
            #expect(!isProved(wrong))
        }
    }

    @Test func `G-18, YE-7: who is owed that does not come to what a fund or the accounts pay stops the report`() {
        let faults: [(inout RegionSums) -> Void] = [
            { $0.payees[0].persons += 1 }, { $0.payees[0].accounts += 1 }, { $0.payees[0].outsideOfPersons += 1 },
            { $0.payees[0].recoverable -= 1 }, { $0.accountPayees.persons += 1 },
            { $0.accountPayees.institutions -= 1 }, { $0.recoveries.due += 1 },
            {
                // Two wrongs that make a right sum.
                $0.payees[0].persons += 1
                $0.payees[0].recoverable += 1
            },
        ]
        for (number, fault) in faults.enumerated() {
            var wrong = sums
            fault(&wrong.regions[0])
            #expect(!isProved(wrong), "fault \(number)")
        }
    }

    @Test func `SY-4, YE-7: a second round that pays other than the surplus stops the report`() {
        func round(_ paid: Fen, surplus: Fen = 50, unpaid: Fen = 80) -> SecondRoundResult {
            SecondRoundResult(
                region: "shenyang", surplus: surplus, settlements: 2, unpaid: unpaid, paid: paid, remainders: 0)
        }
        #expect(isProved(sums, [round(50)]) && isProved(sums, [round(80, surplus: 90)]))
        #expect(!isProved(sums, [round(49)]) && !isProved(sums, [round(51)]))
        #expect(!isProved(sums, [round(81, surplus: 90)]))
    }
}
