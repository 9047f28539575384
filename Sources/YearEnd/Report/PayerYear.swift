import HTMLReport
import Settlement

/// A region's year by who bore it: each fund, the accounts, the persons; with the second round (SY-4).
package struct PayerYear {
    package struct Payer {
        package let words: Words
        package let tone: Tone
        /// The platform's code (fund_pay_type); empty: none.
        package let code: String
        package let amounts: Movement
        /// Paid in the second round; negative where that relieves the payer. In fen.
        package var secondRound: Fen = 0
        package var final: Fen { amounts.final + secondRound }
    }

    package let total: Fen
    /// In the order of the waterfall (G-6).
    package private(set) var payers: [Payer]

    /// - Parameter round: the region's second round; nil: there was none.
    package init(_ region: RegionResult, _ round: SecondRoundResult?) {
        total = region.total
        payers = region.funds.map { fund in
            Payer(
                words: Words(fund.fund.zh, fund.fund.en), tone: Tone(category: fund.fund.category),
                code: fund.fund.code, amounts: fund.amounts)
        }
        if let round {
            if let place = payers.lastIndex(where: { $0.tone == .supplementary }) {
                payers[place].secondRound = round.paid
            } else {
                payers.append(
                    Payer(
                        words: Words("补充保险第二轮", "Supplementary, second round"), tone: .supplementary, code: "",
                        amounts: Movement(), secondRound: round.paid))
            }
        }
        payers += [
            Payer(words: Words("个人账户", "Personal accounts"), tone: .account, code: "", amounts: region.account),
            // What the second round pays goes to the persons.
            Payer(
                words: Words("个人现金", "Persons' cash"), tone: .cash, code: "", amounts: region.cash,
                secondRound: -(round?.paid ?? 0)),
            Payer(words: Words("应退", "To be recovered"), tone: .recoverable, code: "", amounts: region.recoverable),
        ]
    }

    /// What all funds pay finally, with the second round.
    package var funds: Fen { payers.filter(\.isFund).reduce(0) { $0 + $1.final } }
}

extension PayerYear.Payer {
    var isFund: Bool { tone != .account && tone != .cash && tone != .recoverable }
}

/// All regions together, for the first screen.
struct YearTotals {
    var total: Fen = 0
    /// By all funds, finally and with the second rounds.
    var funds: Fen = 0
    var account: Fen = 0
    /// After the second rounds.
    var cash: Fen = 0
    var recoverable: Fen = 0
    /// Sums of the funds that were adjusted upwards, and of those adjusted downwards.
    var raised: Fen = 0
    var lowered: Fen = 0

    init(_ result: YearResult) {
        for region in result.regions {
            let year = PayerYear(region, result.secondRound(of: region.region))
            total += year.total
            funds += year.funds
            for payer in year.payers {
                switch payer.tone {
                case .account: account += payer.final
                case .cash: cash += payer.final
                case .recoverable: recoverable += payer.final
                default:
                    raised += max(0, payer.amounts.adjusted)
                    lowered += min(0, payer.amounts.adjusted)
                }
            }
        }
    }
}

extension YearResult {
    func secondRound(of region: String) -> SecondRoundResult? { secondRounds.first { $0.region == region } }
}
