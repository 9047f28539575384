import Ledger
import LedgerFormat
import Policy
import Population
import Records
import Registry
import Settlement

/// A settlement of the ledger as messages of platform.proto.
///
/// A function of the entry and its pack alone, as the answer itself is: asked again years later it comes out the same.
extension ServedRegion {
    /// No field that `writePlatform` writes is longer, in bytes.
    var platformBytesMax: Int { platform.bytesMax + 2 * SettlementEntry.idBytesMax + 16 }

    /// Field `field`: the entry's `PlatformAnswer`.
    func writePlatform(_ field: UInt64, _ entry: SettlementEntry, _ writer: inout BackwardWriter) {
        withUnsafeTemporaryAllocation(of: Fen.self, capacity: CalculatorLimit.slotsMax) { year in
            guard let base = year.baseAddress else { return }
            base.initialize(from: entry.yearBefore, count: CalculatorLimit.slotsMax)
            let found = PlatformRows(self, entry.outcome, yearBefore: base)
            let end = writer.mark
            if entry.outcome.pointee.accountPaid > 0 {
                let account = PlatformRow(fund: 0, base: 0, quota: -1, paid: entry.outcome.pointee.accountPaid)
                writer.setldetail(2, account, PlatformFunds.account)
            }
            for row in found.rows.reversed() { writer.setldetail(2, row, platform.all[row.fund]) }
            let infoEnd = writer.mark
            writeAmounts(entry, poolRatio: found.poolRatio, &writer)
            writeWords(entry, &writer)
            writer.message(1, from: infoEnd)
            writer.message(field, from: end)
        }
    }

    /// Fields 8 to 26 of a `Setlinfo`.
    private func writeAmounts(_ entry: SettlementEntry, poolRatio: Int64, _ writer: inout BackwardWriter) {
        let outcome = entry.outcome
        let fundTotal = outcome.pointee.fundTotal
        let cost = entry.claim.cost
        writer.field(26, outcome.pointee.familyAccountPaid)
        // The person's own account comes first.
        writer.field(25, entry.accountCount > 0 && entry.accounts[0].relation == 0 ? entry.accounts[0].balanceAfter : 0)
        writer.field(24, outcome.pointee.cash)
        writer.field(23, outcome.pointee.accountPaid)
        writer.field(22, outcome.pointee.total - fundTotal)
        writer.field(21, fundTotal)
        writer.field(20, outcome.pointee[.reassistance])
        writer.field(19, outcome.pointee[.assistance])
        writer.field(18, outcome.pointee[.largeAmount])
        writer.field(17, outcome.pointee[.criticalIllness])
        writer.field(16, outcome.pointee[.supplementary])
        writer.field(15, poolRatio)
        writer.field(14, outcome.pointee[.pool])
        writer.field(13, outcome.pointee.deductiblePaid)
        writer.field(12, cost.inPolicy)
        writer.field(11, cost.firstSelfPay)
        writer.field(10, cost.overLimit)
        writer.field(9, cost.outOfCatalog)
        writer.field(8, outcome.pointee.total)
    }

    /// Fields 1 to 7 of a `Setlinfo`.
    private func writeWords(_ entry: SettlementEntry, _ writer: inout BackwardWriter) {
        writer.text(7, "\(ClearingType(entry).rawValue)")
        writer.text(6, PlatformCode.written(entry.claim.kind, PlatformCode.medType))
        writer.text(5, PlatformCode.written(entry.facts.status, PlatformCode.psnType))
        writer.text(4, PlatformCode.written(entry.facts.insurance, PlatformCode.insutype))
        // A quote has no id and no time.
        if entry.position == .none { return }
        writer.text(3, entry.settledAt.clockText)
        writer.bytes(2, entry.id)
        writer.bytes(1, entry.id)
    }
}

extension BackwardWriter {
    /// Field `field`: a `Setldetail`.
    fileprivate mutating func setldetail(_ field: UInt64, _ row: PlatformRow, _ payer: PlatformFunds.Payer) {
        let end = mark
        self.field(7, row.paid)
        self.field(6, max(0, row.quota))
        self.field(5, row.quota >= 0)
        self.field(4, row.base)
        text(3, payer.id)
        text(2, payer.name)
        text(1, payer.code)
        message(field, from: end)
    }
}
