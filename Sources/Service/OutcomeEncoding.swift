import Settlement
import WireMessages

/// Domain → message: a `CalculateResponse` straight into the outgoing bytes.
///
/// Field numbers are those of outcome.proto, person.proto and calculation_service.proto; a test reads every field
/// back through protobuf-c.
extension Region {
    /// Writes the answer into `room`; returns its size, at most `template.bytesMax`.
    func write(
        _ scratch: CalculationScratch, _ settled: SettledRequest, request: Jiesuan__V1__CalculateRequest,
        to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(room)
        writeYear(scratch.year, settled.rows.year, &writer)
        let end = writer.mark
        writer.encoded(template.digest)
        writer.field(17, Int64(scratch.outcome.pointee.identity.rawValue))
        writer.field(16, scratch.outcome.pointee.hasNoRule)
        writeAccounts(scratch, request, count: settled.rows.accounts.count, &writer)
        let quotas = tables.quotas(of: scratch.outcome.pointee, year: scratch.yearBefore)
        for position in (0..<scratch.outcome.pointee.layerCount).reversed() {
            writeLayer(scratch.outcome.pointee.layers[position], quotas[position], &writer)
        }
        writeTotals(scratch.outcome, &writer)
        writer.message(1, from: end)
        return writer.finish()
    }

    private func writeYear(_ year: UnsafePointer<Fen>, _ number: Int32, _ writer: inout BackwardWriter) {
        let end = writer.mark
        for slot in (0..<tables.slotCount).reversed() {
            let end = writer.mark
            writer.field(2, year[slot])
            writer.encoded(template.accumulators[slot])
            writer.message(2, from: end)
        }
        writer.field(1, Int64(number))
        writer.message(2, from: end)
    }

    private func writeTotals(_ outcome: UnsafePointer<Outcome>, _ writer: inout BackwardWriter) {
        let total = outcome.pointee.total
        let fundTotal = outcome.pointee.fundTotal
        writer.field(13, outcome.pointee.deductiblePaid)
        writer.field(12, outcome.pointee.cash)
        writer.field(11, outcome.pointee.familyAccountPaid)
        writer.field(10, outcome.pointee.accountPaid)
        writer.field(9, total - fundTotal)
        writer.field(8, fundTotal)
        writer.field(7, outcome.pointee[.supplementary])
        writer.field(6, outcome.pointee[.reassistance])
        writer.field(5, outcome.pointee[.assistance])
        writer.field(4, outcome.pointee[.criticalIllness])
        writer.field(3, outcome.pointee[.largeAmount])
        writer.field(2, outcome.pointee[.pool])
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
            let end = writer.mark
            writer.field(4, scratch.accounts[index])
            writer.field(3, scratch.outcome.pointee.accounts[index])
            writer.fixed64(2, account.pointee.owner)
            writer.field(1, Int64(account.pointee.relation.rawValue))
            writer.message(15, from: end)
        }
    }
}
