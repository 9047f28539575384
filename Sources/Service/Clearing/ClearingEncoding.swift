import Ledger
import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// What `ClearingService` answers, as bytes of the wire.
struct ClearingEncoding {
    /// Bytes of a name or code at most; longer ones of packs and registers are cut.
    private static let textBytesMax = 256
    static let lineBytesMax = 6 * textBytesMax + 64
    static let countBytesMax = 2 * textBytesMax + 96
    static let entryBytesMax = 3 * textBytesMax + 96
    static let batchBytesMax = textBytesMax + 96

    private let codes: InstitutionCodes
    private let names: [String: String]

    /// - Parameter library: the ledger's.
    init(_ library: PolicyLibrary, _ codes: InstitutionCodes) {
        self.codes = codes
        var names: [String: String] = [:]
        for pack in library.packs {
            for fund in pack.funds { names["\(pack.region) \(fund.id)"] = fund.label.zh }
        }
        self.names = names
    }

    /// What people call a fund; of one that no present pack has its id.
    private func name(_ fund: String, _ region: String) -> String {
        fund == ClearingFunds.account ? "个人账户" : names["\(region) \(fund)"] ?? fund
    }

    func write(
        _ found: (lines: [ClearingLine], counts: [ClearingCount]), isOver: Bool, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(room)
        writer.field(3, isOver)
        for count in found.counts.reversed() {
            let end = writer.mark
            writer.fixed32(8, UInt32(clamping: count.refunds))
            writer.fixed32(7, UInt32(clamping: count.uses))
            writer.field(6, count.total)
            writer.fixed32(5, UInt32(clamping: count.reversals))
            writer.fixed32(4, UInt32(clamping: count.settlements))
            writer.field(3, Int64(count.serviceYear))
            writer.text(2, count.region, bytesMax: Self.textBytesMax)
            writer.text(1, codes[count.institution], bytesMax: Self.textBytesMax)
            writer.message(2, from: end)
        }
        for line in found.lines.reversed() {
            let end = writer.mark
            writer.text(8, name(line.fund, line.region), bytesMax: Self.textBytesMax)
            writer.text(7, line.batch, bytesMax: Self.textBytesMax)
            writer.field(6, line.paidOutside)
            writer.field(5, line.owed)
            writer.text(4, line.fund, bytesMax: Self.textBytesMax)
            writer.field(3, Int64(line.serviceYear))
            writer.text(2, line.region, bytesMax: Self.textBytesMax)
            writer.text(1, codes[line.institution], bytesMax: Self.textBytesMax)
            writer.message(1, from: end)
        }
        return writer.finish()
    }

    func write(_ found: (entries: [OwedEntry], next: UInt64), to room: UnsafeMutableRawBufferPointer) -> Int {
        var writer = BackwardWriter(room)
        writer.fixed64(2, found.next)
        for entry in found.entries.reversed() {
            let end = writer.mark
            writer.text(9, entry.batch, bytesMax: Self.textBytesMax)
            for share in entry.shares.reversed() {
                let end = writer.mark
                writer.text(4, name(share.fund, entry.region), bytesMax: Self.textBytesMax)
                writer.field(3, share.toAccounts)
                writer.field(2, share.toPerson)
                writer.text(1, share.fund, bytesMax: Self.textBytesMax)
                writer.message(8, from: end)
            }
            writer.text(7, entry.settlementID, bytesMax: Self.textBytesMax)
            writer.field(6, Int64(entry.serviceYear))
            writer.text(5, entry.region, bytesMax: Self.textBytesMax)
            writer.fixed64(4, entry.person)
            writer.field(3, Int64(entry.kind.rawValue))
            writer.fixed64(2, UInt64(bitPattern: entry.recorded.milliseconds))
            writer.fixed64(1, entry.position.number)
            writer.message(1, from: end)
        }
        return writer.finish()
    }

    func write(_ batch: PaymentBatch, wasPaidBefore: Bool, to room: UnsafeMutableRawBufferPointer) -> Int {
        var writer = BackwardWriter(room)
        writer.field(2, wasPaidBefore)
        write(batch, 1, to: &writer)
        return writer.finish()
    }

    func write(_ found: (batches: [PaymentBatch], next: UInt64), to room: UnsafeMutableRawBufferPointer) -> Int {
        var writer = BackwardWriter(room)
        writer.fixed64(2, found.next)
        for batch in found.batches.reversed() { write(batch, 1, to: &writer) }
        return writer.finish()
    }

    private func write(_ batch: PaymentBatch, _ field: UInt64, to writer: inout BackwardWriter) {
        let end = writer.mark
        writer.fixed64(8, UInt64(bitPattern: batch.recorded.milliseconds))
        writer.fixed64(7, batch.position.number)
        writer.field(6, batch.total)
        writer.fixed32(5, UInt32(clamping: batch.count))
        writer.fixed32(4, UInt32(bitPattern: batch.month))
        writer.field(3, Int64(batch.list.rawValue))
        writer.fixed32(2, UInt32(bitPattern: batch.day.number))
        writer.text(1, batch.id, bytesMax: Self.textBytesMax)
        writer.message(field, from: end)
    }
}
