import Settlement
import WireMessages

/// Domain → message: outcomes and years straight into the outgoing bytes.
///
/// Field numbers are those of outcome.proto, person.proto and calculation_service.proto; a test reads every field
/// back through protobuf-c.
extension ServedRegion {
    /// Writes the answer into `room`; returns its size, at most `template.bytesMax`.
    func write(
        _ scratch: CalculationScratch, _ settled: SettledRequest, request: Jiesuan__V1__CalculateRequest,
        to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(room)
        writeYear(2, scratch.year, settled.rows.year, &writer)
        writeOutcome(1, scratch.outcome, yearBefore: scratch.yearBefore, &writer) { writer in
            writeAccounts(scratch, request, count: settled.rows.accounts.count, &writer)
        }
        return writer.finish()
    }

    /// Field `field`: an `Outcome`; `accounts` writes its account payments.
    @inline(__always)
    func writeOutcome(
        _ field: UInt64, _ outcome: UnsafePointer<Outcome>, yearBefore: UnsafeMutablePointer<Fen>,
        _ writer: inout BackwardWriter, accounts: (inout BackwardWriter) -> Void
    ) {
        let end = writer.mark
        writer.field(19, outcome.pointee.paidOutside)
        writer.encoded(template.digest)
        writer.field(17, Int64(outcome.pointee.identity.rawValue))
        writer.field(16, outcome.pointee.hasNoRule)
        accounts(&writer)
        let quotas = tables.quotas(of: outcome, year: yearBefore)
        for position in (0..<outcome.pointee.layerCount).reversed() {
            writeLayer(outcome.pointee.layers[position], quotas[position], &writer)
        }
        writeTotals(outcome, &writer)
        writer.message(field, from: end)
    }

    /// Field `field`: a `YearState`.
    func writeYear(
        _ field: UInt64, _ year: UnsafePointer<Fen>, _ number: Int32, _ writer: inout BackwardWriter
    ) {
        let end = writer.mark
        for slot in (0..<tables.slotCount).reversed() {
            let end = writer.mark
            writer.field(2, year[slot])
            writer.encoded(template.accumulators[slot])
            writer.message(2, from: end)
        }
        writer.field(1, Int64(number))
        writer.message(field, from: end)
    }

    private func writeTotals(_ outcome: UnsafePointer<Outcome>, _ writer: inout BackwardWriter) {
        let total = outcome.pointee.total
        // Of the funds alone: a function of the calculator's module would be given a copy of the whole outcome.
        let funds = outcome.pointee.funds
        func paid(_ category: FundCategory) -> Fen { funds[Int(category.rawValue)] }
        var fundTotal: Fen = 0
        for index in funds.indices { fundTotal += funds[index] }
        writer.field(13, outcome.pointee.deductiblePaid)
        writer.field(12, outcome.pointee.cash)
        writer.field(11, outcome.pointee.familyAccountPaid)
        writer.field(10, outcome.pointee.accountPaid)
        writer.field(9, total - fundTotal)
        writer.field(8, fundTotal)
        writer.field(7, paid(.supplementary))
        writer.field(6, paid(.reassistance))
        writer.field(5, paid(.assistance))
        writer.field(4, paid(.criticalIllness))
        writer.field(3, paid(.largeAmount))
        writer.field(2, paid(.pool))
        writer.field(1, total)
    }

    /// One row per paying fund; the second fund's base is what the first could no longer pay (CQ-13).
    private func writeLayer(_ result: LayerResult, _ quota: Quota, _ writer: inout BackwardWriter) {
        let layer = Int(result.layer)
        if result.paidSecond > 0 {
            let end = writer.mark
            writer.encoded(template.second[layer].tail)
            writer.field(10, result.paidSecond)
            writer.field(9, max(0, quota.second))
            writer.field(8, quota.second >= 0)
            writer.field(6, result.paidSecond)
            writer.field(4, result.paidSecond)
            writer.encoded(template.second[layer].head)
            writer.message(14, from: end)
        }
        let end = writer.mark
        writer.encoded(template.first[layer].tail)
        writer.field(10, result.paidFirst)
        writer.field(9, max(0, quota.first))
        writer.field(8, quota.first >= 0)
        let slices = tables.slices(of: result)
        for index in (0..<slices.count).reversed() {
            let end = writer.mark
            writer.field(2, Int64(slices.slices[index].ratio))
            writer.field(1, slices.slices[index].amount)
            writer.message(7, from: end)
        }
        writer.field(6, result.payable)
        writer.field(5, result.deductible)
        writer.field(4, result.base)
        writer.encoded(template.first[layer].head)
        writer.message(14, from: end)
    }

    private func writeAccounts(
        _ scratch: CalculationScratch, _ request: Jiesuan__V1__CalculateRequest, count: Int,
        _ writer: inout BackwardWriter
    ) {
        for index in (0..<count).reversed() {
            guard let account = request.accounts[index] else { continue }
            writer.accountPayment(
                15, relation: UInt8(truncatingIfNeeded: account.pointee.relation.rawValue),
                owner: account.pointee.owner, paid: scratch.outcome.pointee.accounts[index],
                balance: scratch.accounts[index])
        }
    }
}

extension BackwardWriter {
    /// Field `field`: an `AccountPayment`.
    @inline(__always)
    mutating func accountPayment(_ field: UInt64, relation: UInt8, owner: UInt64, paid: Fen, balance: Fen) {
        let end = mark
        self.field(4, balance)
        self.field(3, paid)
        fixed64(2, owner)
        self.field(1, Int64(relation))
        message(field, from: end)
    }
}
