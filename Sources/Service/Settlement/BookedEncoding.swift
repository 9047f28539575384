import Ledger
import LedgerFormat
import RPC
import Records
import Registry
import Settlement

/// Later bookings on a settlement (second rounds, adjustments) in a `SettlementRecord` (G-13, SY-4, YT-7).
struct BookedOnSettlement {
    let adjustments: [AdjustmentEntry]
    let secondRounds: [SecondRoundPayment]
    /// Each with its part of the settlement only.
    let recognitions: [RecognitionPayment]

    /// Everything that the ledger has of the settlement in `entry`.
    init(_ ledger: Ledger, of entry: SettlementEntry) throws(DomainRefusal) {
        let id = entry.idText
        adjustments = try ledger.adjustments(of: id, entry.position)
        secondRounds = try ledger.secondRounds(of: id, entry.position)
        recognitions = try ledger.recognitionParts(of: id, entry.position)
    }

    /// No more bytes than these.
    var bytesMax: Int {
        adjustments.reduce(0) { $0 + $1.messageBytesMax } + secondRounds.reduce(0) { $0 + $1.messageBytesMax }
            + recognitions.count * 64
    }

    /// Fields 10 to 12 of a `SettlementRecord`.
    func write(_ origins: RecordOrigins, to writer: inout BackwardWriter) {
        for payment in recognitions.reversed() {
            let end = writer.mark
            writer.field(4, payment.parts.reduce(0) { $0 + $1.amount })
            writer.field(3, Int64(payment.year))
            writer.fixed64(2, UInt64(bitPattern: payment.paidAt.milliseconds))
            writer.fixed64(1, payment.position.number)
            writer.message(12, from: end)
        }
        let takenBack = Set(secondRounds.map(\.takesBack))
        for payment in secondRounds.reversed() {
            payment.write(
                11, isTakenBack: takenBack.contains(payment.position), origins[booked: payment.position], to: &writer)
        }
        for adjustment in adjustments.reversed() {
            adjustment.write(10, origins[booked: adjustment.position], to: &writer)
        }
    }
}

extension SecondRoundPayment {
    /// No `SecondRound` of it is longer, in bytes.
    var messageBytesMax: Int { fund.fund.utf8.count + reason.utf8.count + 128 }

    /// Field `number`: it as a `SecondRound`.
    func write(
        _ number: UInt64, isTakenBack: Bool, _ origin: RecordOrigin? = nil, to writer: inout BackwardWriter
    ) {
        let end = writer.mark
        writer.recordedBy(12, origin)
        writer.text(11, reason)
        writer.field(10, isTakenBack)
        writer.fixed64(9, takesBack.number)
        writer.field(8, recoverable)
        writer.field(7, cash)
        writer.field(6, amount)
        writer.text(5, fund.fund)
        writer.field(4, Int64(round))
        writer.fixed64(3, run)
        writer.fixed64(2, UInt64(bitPattern: paidAt.milliseconds))
        writer.fixed64(1, position.number)
        writer.message(number, from: end)
    }
}

extension AdjustmentEntry {
    /// No `Adjustment` of it is longer, in bytes.
    fileprivate var messageBytesMax: Int {
        reason.utf8.count + funds.reduce(0) { $0 + $1.fund.utf8.count + 32 } + accounts.count * 64 + 128
    }

    /// Field `number`: it as an `Adjustment`.
    fileprivate func write(_ number: UInt64, _ origin: RecordOrigin?, to writer: inout BackwardWriter) {
        let end = writer.mark
        writer.recordedBy(9, origin)
        for account in accounts.reversed() {
            writer.accountPayment(
                8, relation: account.relation, owner: account.owner, paid: account.paid, balance: account.balanceAfter)
        }
        writer.field(7, recoverable)
        writer.field(6, cash)
        for change in funds.reversed() { writer.fundChange(5, change) }
        writer.text(4, reason)
        writer.fixed64(3, run)
        writer.fixed64(2, UInt64(bitPattern: adjustedAt.milliseconds))
        writer.fixed64(1, position.number)
        writer.message(number, from: end)
    }
}

extension BackwardWriter {
    /// Field `number`: a `FundChange`.
    mutating func fundChange(_ number: UInt64, _ change: FundChange) {
        let end = mark
        field(2, change.amount)
        text(1, change.fund)
        message(number, from: end)
    }
}
