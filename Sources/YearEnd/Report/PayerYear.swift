import HTMLReport
import Settlement

/// A region's year by who bore it: each fund, the accounts, the persons; with second rounds (SY-4) and what
/// recognitions paid (YT-7), as in funds.csv.
package struct PayerYear {
    package struct Payer {
        package let words: Words
        package let tone: Tone
        /// The platform's code (fund_pay_type); empty: none.
        package let code: String
        package let amounts: Movement
        package var final: Fen { amounts.final }
    }

    package let total: Fen
    /// In the order of the waterfall (G-6).
    package private(set) var payers: [Payer]

    package init(_ region: RegionResult) {
        total = region.total
        payers = region.funds.map { fund in
            Payer(
                words: Words(fund.fund.zh, fund.fund.en), tone: Tone(category: fund.fund.category),
                code: fund.fund.code, amounts: fund.amounts)
        }
        payers += [
            Payer(words: Words("个人账户", "Personal accounts"), tone: .account, code: "", amounts: region.account),
            Payer(words: Words("个人现金", "Persons' cash"), tone: .cash, code: "", amounts: region.cash),
            Payer(words: Words("应退", "To be recovered"), tone: .recoverable, code: "", amounts: region.recoverable),
        ]
    }

    /// What all funds pay finally.
    package var funds: Fen { payers.filter(\.isFund).reduce(0) { $0 + $1.final } }
}

extension PayerYear.Payer {
    var isFund: Bool { tone != .account && tone != .cash && tone != .recoverable }
}

/// All regions together, for the first screen.
struct YearTotals {
    var total: Fen = 0
    /// By all funds, finally.
    var funds: Fen = 0
    var account: Fen = 0
    var cash: Fen = 0
    var recoverable: Fen = 0
    /// The same, person by person.
    var recoveries = RecoverySums()
    /// Sums of the funds that were adjusted upwards, and of those adjusted downwards.
    var raised: Fen = 0
    var lowered: Fen = 0

    init(_ result: YearResult) {
        for region in result.regions {
            let year = PayerYear(region)
            total += year.total
            funds += year.funds
            recoveries += region.recoveries
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
