import Policy
import Settlement

/// The conservation check (G-7, YE-7): a run that fails it writes no results.
package enum YearProof {
    /// Checks the sums; returns the proved statements as sentences.
    ///
    /// - Throws: what does not hold.
    package static func prove(
        _ sums: YearSums, _ regions: [YearRegion], _ rounds: [SecondRoundResult], _ accounts: AccountTotals
    ) throws(RunProblem) -> [String] {
        for (region, total) in zip(regions, sums.regions) {
            let name = region.pack.region
            guard total.unbalanced == 0 else {
                throw failed("\(total.unbalanced) settlements of \(name), whose parts are not their total")
            }
            for (fund, amounts) in zip(region.funds, total.funds) where !amounts.isConserving {
                throw failed(
                    "the fund \(fund.id) of \(name): recorded \(amounts.recorded) + adjusted \(amounts.adjusted) "
                        + "is not final \(amounts.final) fen")
            }
            for (what, amounts) in [
                ("accounts", total.account), ("cash", total.cash), ("recoverable", total.recoverable),
            ] where !amounts.isConserving {
                throw failed("\(what) of \(name): recorded + adjusted is not final")
            }
            let borne = total.account.final + total.cash.final + total.recoverable.final
            guard total.funds.reduce(0, { $0 + $1.final }) + borne == total.total else {
                throw failed("\(name): funds, accounts, cash and recoverable are not the total of all bills")
            }
        }
        try provePayees(sums, regions)
        try proveClearing(sums, regions)
        for round in rounds where round.paid != min(round.surplus - round.paidBefore + round.excess, round.left) {
            throw failed(
                "the second round of \(round.region) pays \(round.paid) fen of \(round.surplus), of which "
                    + "\(round.paidBefore) were paid before, over \(round.left)")
        }
        guard accounts.isConserving else { throw failed("the accounts' credits, uses and balances do not add up") }
        return [
            "G-7: funds + accounts + cash + recoverable = total, for each settlement and for each region",
            "G-13: recorded + adjusted = final, for each fund, the accounts and the persons",
            "G-18: institutions + persons + accounts + paid outside − to be recovered = the total, for each fund",
            "YE-3: the clearing of all institutions and months = what the funds and accounts owe institutions",
            "SY-4: the second rounds together pay the surplus exactly, or all that was left unpaid",
            "YE-5: opening + credits − uses = carried over, for the accounts",
        ]
    }

    /// Checks that the amounts owed to payees add up to what each fund pays (G-18).
    private static func provePayees(_ sums: YearSums, _ regions: [YearRegion]) throws(RunProblem) {
        for (region, total) in zip(regions, sums.regions) {
            let name = region.pack.region
            for (fund, payees) in zip(region.funds, total.payees).map({ ($0, $1) }) {
                guard let index = region.fund(fund.id), payees.total == total.funds[index].final else {
                    throw failed("who is owed by the fund \(fund.id) of \(name) does not come to what it pays (G-18)")
                }
            }
            let credited = total.payees.reduce(0) { $0 + $1.accounts }
            let payees = total.accountPayees
            guard payees.institutions + payees.persons - credited == total.account.final else {
                throw failed("who is owed by the account fund of \(name) does not come to what accounts pay (G-18)")
            }
            let recoverable = total.payees.reduce(0) { $0 + $1.recoverable }
            guard recoverable == total.recoverable.final, total.recoveries.due == recoverable else {
                throw failed("what persons of \(name) have to pay back is not what the funds are to recover (G-13)")
            }
        }
    }

    private static func proveClearing(_ sums: YearSums, _ regions: [YearRegion]) throws(RunProblem) {
        var owed = regions.map { [Fen](repeating: 0, count: $0.funds.count) }
        var outside = owed
        var accounts = regions.map { _ in Fen(0) }
        for cell in sums.clearing.cells {
            for fund in cell.owed.indices {
                owed[cell.region][fund] += cell.owed[fund]
                outside[cell.region][fund] += cell.outside[fund]
            }
            accounts[cell.region] += cell.account
        }
        for (index, region) in regions.enumerated() {
            let total = sums.regions[index]
            for fund in region.funds.indices {
                let payees = total.payees[fund]
                guard owed[index][fund] == payees.institutions, outside[index][fund] == payees.outside else {
                    throw failed("the clearing of \(region.pack.region), fund \(region.funds[fund].id)")
                }
            }
            guard accounts[index] == total.accountPayees.institutions + total.accountPayees.uses else {
                throw failed("the clearing of \(region.pack.region) by the account fund")
            }
        }
    }

    private static func failed(_ what: String) -> RunProblem {
        RunProblem("conservation fails (G-7), so nothing is reported: \(what)")
    }
}

/// All partitions together.
package struct YearSums {
    var persons = 0
    var resettled = 0
    var adjustedPersons = 0
    var adjustments: [String: Int] = [:]
    var posts = 0
    var refusedRows: [String: Int] = [:]
    package var regions: [RegionSums]
    package var clearing = ClearingTable()
    var assessments: [UInt32: AssessmentCell] = [:]
    var watched = [WatchCount](repeating: WatchCount(), count: 12)
    package var unpaid: [PartSums.UnpaidSums]
    var recognitions = RecognitionSums()

    package init(_ regions: [YearRegion]) {
        self.regions = regions.map { RegionSums(funds: $0.funds.count) }
        unpaid = regions.map { _ in PartSums.UnpaidSums() }
    }

    /// Account use at institutions outside settlements (CQ-31).
    mutating func add(_ uses: [UseCell]) {
        for use in uses {
            let funds = regions[use.region].funds.count
            clearing.change(use.institution, use.month, use.region, funds: funds) { cell in
                cell.uses += use.uses
                cell.refunds += use.refunds
                cell.account += use.amount
            }
            regions[use.region].accountPayees.uses += use.amount
        }
    }

    mutating func add(_ part: PartSums) {
        persons += part.persons
        posts += part.posts
        resettled += part.resettled
        adjustedPersons += part.adjustedPersons
        adjustments.merge(part.adjustments, uniquingKeysWith: +)
        refusedRows.merge(part.refusedRows, uniquingKeysWith: +)
        for region in regions.indices {
            regions[region] += part.regions[region]
            unpaid[region] += part.unpaid[region]
        }
        for cell in part.clearing { clearing.add(cell) }
        for cell in part.assessments {
            var sum = assessments[cell.institution] ?? AssessmentCell(institution: cell.institution)
            sum.claims += cell.claims
            sum.total += cell.total
            sum.outOfCatalog += cell.outOfCatalog
            sum.withoutConsent += cell.withoutConsent
            assessments[cell.institution] = sum
        }
        for month in watched.indices {
            watched[month].persons += part.watched[month].persons
            watched[month].first += part.watched[month].first
            watched[month].civilAffairs += part.watched[month].civilAffairs
            watched[month].ruralRevitalisation += part.watched[month].ruralRevitalisation
        }
        recognitions += part.recognitions
    }
}
