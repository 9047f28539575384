import Registry
import Settlement

/// A month's clearing as it was at one moment (YE-3), for any thread to list.
package struct ClearingMonth: Sendable {
    let month: Int32
    /// Whether the month was over: its clearing stays as it is.
    package let isOver: Bool
    let filter: ClearingFilter
    /// In the order in which they came.
    let cells: [ClearingMonths.Cell]
    let funds: [ClearingFunds.Region]
    /// By the number of each that the cells name.
    let batches: [UInt32: String]

    init(
        month: Int32, isOver: Bool, filter: ClearingFilter, cells: [ClearingMonths.Cell], funds: ClearingFunds,
        batches: PaymentBatches
    ) {
        self.month = month
        self.isOver = isOver
        self.filter = filter
        self.cells = cells
        self.funds = funds.regions
        var ids: [UInt32: String] = [:]
        var last: UInt32 = 0
        for cell in cells {
            for number in cell.batches where number != last {
                last = number
                if number != 0, ids[number] == nil { ids[number] = batches.id(number) }
            }
        }
        self.batches = ids
    }

    /// What is owed, by institution, region, service year and fund, and what was counted.
    package func lines() -> (lines: [ClearingLine], counts: [ClearingCount]) {
        var lines: [ClearingLine] = []
        var counts: [ClearingCount] = []
        for cell in cells.sorted(by: { funds.precedes($0.key, $1.key) }) {
            let region = funds[Int(cell.key.region)]
            for fund in cell.owed.indices where filter.fund.isEmpty || region.funds[fund] == filter.fund {
                guard cell.owed[fund] != 0 || cell.outside[fund] != 0 else { continue }
                if filter.isUnpaid, cell.batch(fund) != 0 || cell.owed[fund] == 0 { continue }
                lines.append(
                    ClearingLine(
                        institution: cell.key.institution, month: month, region: region.name,
                        serviceYear: cell.key.serviceYear, fund: region.funds[fund], owed: cell.owed[fund],
                        paidOutside: cell.outside[fund], batch: batches[cell.batch(fund)] ?? ""))
            }
            counts.append(
                ClearingCount(
                    institution: cell.key.institution, region: region.name, serviceYear: cell.key.serviceYear,
                    settlements: cell.settlements, reversals: cell.reversals, uses: cell.uses, refunds: cell.refunds,
                    total: cell.total))
        }
        return (lines, counts)
    }
}
