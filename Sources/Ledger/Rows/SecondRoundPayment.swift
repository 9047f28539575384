import LedgerFormat
import Records
import Registry
import Settlement

/// A second-round payment (二次报销, rule SY-4) to one settlement, or one taken back; owed to the person.
///
/// The fund's payment lowers the person's cash or the amount to pay back: fund + cash + recoverable = 0.
package struct SecondRoundPayment: Equatable, Sendable {
    package var position = Position.none
    package var paidAt = Moment(milliseconds: 0)
    /// Number of the year-end run; of an entry that takes a payment back: that payment's.
    package var run: UInt64 = 0
    /// Number among the settlement's entries, from 1; of an entry that takes a payment back: that payment's.
    package var round: UInt32 = 0
    package var settlement = Position.none
    /// The settlement's id.
    package var id = ""
    package var person: UInt64 = 0
    package var year: Int32 = 0
    /// Number of the fund's pack.
    package var pack: UInt32 = 0
    /// The fund's payment, in fen: above 0; below 0 where a later fact brought the unpaid rest below the amount paid,
    /// or where the entry takes a payment back.
    package var fund = FundChange(.supplementary, "", 0)
    /// Change of the cash borne, in fen: 0 or less, except where the entry takes a payment back.
    package var cash: Fen = 0
    /// Change of the amount to be recovered (应退), in fen.
    package var recoverable: Fen = 0
    /// Position of the payment taken back; `none`: the entry is a payment.
    package var takesBack = Position.none
    /// Reason for taking it back.
    package var reason = ""
    package var previousRecord = Position.none

    package init() {}

    package var amount: Fen { fund.amount }
    /// Rule G-7.
    package var isConserving: Bool { fund.amount + cash + recoverable == 0 }
}

extension SecondRoundPayment {
    private static var version: UInt8 { 1 }

    /// As a row of the journal.
    package func write(to writer: inout ByteWriter) {
        writer.byte(RowKind.secondRound.rawValue)
        writer.byte(SecondRoundPayment.version)
        writer.number(run)
        writer.number(UInt64(round))
        writer.number(settlement.number)
        writer.text(id)
        writer.number(person)
        writer.signed(Int64(year))
        writer.number(UInt64(pack))
        writer.fundChanges([fund])
        writer.signed(cash)
        writer.signed(recoverable)
        writer.number(takesBack.number)
        writer.text(reason)
        writer.number(previousRecord.number)
    }

    /// Reads a row; `position` and `paidAt` are the caller's to set.
    package init(row: UnsafeRawBufferPointer) throws(DamagedBytes) {
        self.init()
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.secondRound.rawValue, try reader.byte() == SecondRoundPayment.version
        else { throw DamagedBytes() }
        run = try reader.number()
        round = try reader.number32()
        settlement = Position(number: try reader.number())
        id = try reader.bookedText()
        person = try reader.number()
        year = try reader.year()
        pack = try reader.number32()
        let funds = try reader.fundChanges()
        guard funds.count == 1 else { throw DamagedBytes() }
        fund = funds[0]
        cash = try reader.bookedAmount()
        recoverable = try reader.bookedAmount()
        takesBack = Position(number: try reader.number())
        reason = try reader.bookedText()
        previousRecord = Position(number: try reader.number())
        guard reader.isAtEnd else { throw DamagedBytes() }
    }
}

extension [SecondRoundPayment] {
    /// The payments in force, the oldest first: those not taken back.
    package var standing: [SecondRoundPayment] {
        let takenBack = Set(map(\.takesBack))
        return filter { $0.takesBack == .none && !takenBack.contains($0.position) }
    }
}
