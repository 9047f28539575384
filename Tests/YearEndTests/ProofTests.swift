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
        sums.clearing.add(cell(recorded: 60_00, adjusted: 10_00))
        return sums
    }

    private func cell(recorded: Fen, adjusted: Fen) -> ClearingCell {
        let rest = [Fen](repeating: 0, count: regions[0].funds.count - 1)
        return ClearingCell(
            institution: 1, month: 2024_07, region: 0, recorded: [recorded] + rest, adjusted: [adjusted] + rest)
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
        for more in [cell(recorded: 1, adjusted: 0), cell(recorded: 0, adjusted: -1)] {
            var wrong = sums
            wrong.clearing.add(more)
            #expect(!isProved(wrong))
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
