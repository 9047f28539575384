import Settlement
import TestSupport
import Testing
import YearEnd

@Suite struct `Differences of a settlement` {
    /// 100.00 元: pool 40, own account 10, a spouse's 20, cash 30.
    private var shares: CostShares {
        var shares = CostShares()
        shares.total = 100_00
        shares.funds[0] = 40_00
        shares.accounts[0] = 10_00
        shares.accounts[1] = 20_00
        shares.cash = 30_00
        return shares
    }

    private func funds(_ amount: Fen) -> FundAmounts {
        var funds = FundAmounts()
        funds[0] = amount
        return funds
    }

    @Test func `G-13, I-21: what the funds pay more takes off cash first`() {
        let difference = shares.difference(to: funds(65_00))
        #expect(difference.cash == -25_00)
        #expect(difference.accounts.total == 0 && difference.recoverable == 0)
    }

    @Test func `G-13, I-21: then it is credited back to the accounts, the one used last first`() {
        let difference = shares.difference(to: funds(95_00))
        #expect(difference.cash == -30_00)
        #expect(difference.accounts[1] == 20_00 && difference.accounts[0] == 5_00)
    }

    @Test func `G-13, I-21: what the funds pay less is booked as to be recovered and taken from nobody`() {
        let difference = shares.difference(to: funds(15_00))
        #expect(difference.recoverable == 25_00 && difference.cash == 0 && difference.accounts.total == 0)
    }

    @Test func `G-13: what was to be recovered is released before anything is given back`() {
        var shares = shares
        shares.add(shares.difference(to: funds(15_00)))
        let back = shares.difference(to: funds(50_00))
        #expect(back.recoverable == -25_00 && back.cash == -10_00)
    }

    @Test func `G-7, G-13: any number of differences conserve the bill`() {
        var random = SeededRandom.printed()
        for _ in 0..<5_000 {
            var shares = CostShares()
            shares.total = Fen.random(in: 0...1_000_000_000_000, using: &random)
            var left = shares.total
            func part() -> Fen {
                let part = Fen.random(in: 0...left, using: &random)
                left -= part
                return part
            }
            for fund in 0..<3 { shares.funds[fund] = part() }
            for account in 0..<8 { shares.accounts[account] = part() }
            shares.cash = left
            for _ in 0..<6 {
                var final = FundAmounts()
                var room = shares.total
                for fund in 0..<4 {
                    final[fund] = Fen.random(in: 0...room, using: &random)
                    room -= final[fund]
                }
                let difference = shares.difference(to: final)
                #expect(difference.isConserving)
                #expect(difference.cash <= 0)
                shares.add(difference)
                #expect(shares.isConserving && shares.funds == final)
                #expect(shares.cash >= 0 && shares.recoverable >= 0)
                for account in 0..<8 { #expect(shares.accounts[account] >= 0) }
                #expect(shares.difference(to: final).isNone)
            }
        }
    }
}
