import LedgerFormat
import Records
import Registry
import Settlement

/// A payment of the second round (二次报销, rule SY-4) to one settlement, or one that is taken back; owed to the person.
///
/// What the fund pays more, the person bears less, or has less to pay back: fund + cash + recoverable = 0.
package struct SecondRoundPayment: Equatable, Sendable {
    package var position = Position.none
    package var paidAt = Moment(milliseconds: 0)
    /// Number of the run that found it; of one that takes back: of the payment that it takes back.
    package var run: UInt64 = 0
    /// Counts the settlement's entries from 1; one that takes back has the number of the one that it takes back.
    package var round: UInt32 = 0
    package var settlement = Position.none
    /// The settlement's id.
    package var id = ""
    package var person: UInt64 = 0
    package var year: Int32 = 0
    /// Number of the pack whose fund it is.
    package var pack: UInt32 = 0
    /// What the fund pays, in fen: above 0; below 0 where a fact brought what was left unpaid below what was paid, or
    /// where it takes a payment back.
    package var fund = FundChange(.supplementary, "", 0)
    /// Change of the cash borne, in fen: 0 or less, but of one that takes back.
    package var cash: Fen = 0
    /// Change of what is to be recovered (应退), in fen.
    package var recoverable: Fen = 0
    /// The entry that it takes back; `none`: it is a payment by itself.
    package var takesBack = Position.none
    /// Why it was taken back.
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
    /// Those that stand, the oldest first: payments that nothing took back.
    package var standing: [SecondRoundPayment] {
        let takenBack = Set(map(\.takesBack))
        return filter { $0.takesBack == .none && !takenBack.contains($0.position) }
    }
}
