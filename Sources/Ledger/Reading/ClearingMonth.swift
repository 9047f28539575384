import Registry
import Settlement

/// A copy of a month's clearing as of one moment (YE-3), which any thread can list.
package struct ClearingMonth: Sendable {
    let month: Int32
    /// Whether the month was over, so that its clearing does not change any more.
    package let isOver: Bool
    let filter: ClearingFilter
    /// The cells, in order of creation.
    let cells: [ClearingMonths.Cell]
    let funds: [ClearingFunds.RegionFunds]
    /// Ids of the batches that the cells name, by number.
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

    /// The amounts owed, by institution, region, service year and fund, and the counts.
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
