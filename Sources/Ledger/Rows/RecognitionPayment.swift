import LedgerFormat
import Records
import Registry
import Settlement

/// A payment of a recognition of poverty through illness (因病致贫, rule YT-7) beside settlements, or one taken back: a
/// record of its own in the year of recognition, owed to the person.
///
/// The fund's payment lowers the person's cash or the amount to pay back: fund + cash + recoverable = 0.
package struct RecognitionPayment: Equatable, Sendable {
    /// The part of the payment that lowers the cash of one settlement of W (I-39), in fen; below 0 it raises the cash.
    package struct Part: Equatable, Sendable {
        package var settlement: Position
        package var id: String
        package var amount: Fen

        package init(_ settlement: Position, _ id: String, _ amount: Fen) {
            self.settlement = settlement
            self.id = id
            self.amount = amount
        }
    }

    package var position = Position.none
    package var paidAt = Moment(milliseconds: 0)
    /// Number of the year-end run; 0: booked by the office's own step.
    package var run: UInt64 = 0
    package var person: UInt64 = 0
    /// Natural year of the recognition, to which the payment is charged (I-11).
    package var year: Int32 = 0
    /// Number of the fund's pack; 0 in older ledgers, where the region is that of the register.
    package var pack: UInt32 = 0
    /// The event of the recognition.
    package var event = RecognitionEvent.paidOutstanding(year: 0, 0)
    /// The fund's payment, in fen.
    package var fund = FundChange(.assistance, "", 0)
    /// Change of the cash borne, in fen.
    package var cash: Fen = 0
    /// Change of the amount to be recovered (应退), in fen.
    package var recoverable: Fen = 0
    /// The parts that lower cash, the oldest settlement first; cash borne outside the ledger has no part.
    package var parts: [Part] = []
    package var previousRecord = Position.none

    package init() {}

    package var amount: Fen { fund.amount }
    /// Rule G-7.
    package var isConserving: Bool { fund.amount + cash + recoverable == 0 }
}

extension RecognitionPayment {
    private static var version: UInt8 { 1 }

    /// As a row of the journal.
    package func write(to writer: inout ByteWriter) {
        writer.byte(RowKind.recognitionPayment.rawValue)
        writer.byte(RecognitionPayment.version)
        writer.number(run)
        writer.number(person)
        writer.signed(Int64(year))
        writer.number(UInt64(pack))
        event.encode(to: &writer)
        writer.fundChanges([fund])
        writer.signed(cash)
        writer.signed(recoverable)
        writer.number(parts.count)
        for part in parts {
            writer.number(part.settlement.number)
            writer.text(part.id)
            writer.signed(part.amount)
        }
        writer.number(previousRecord.number)
    }

    /// Reads a row; `position` and `paidAt` are the caller's to set.
    package init(row: UnsafeRawBufferPointer) throws(DamagedBytes) {
        self.init()
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.recognitionPayment.rawValue,
            try reader.byte() == RecognitionPayment.version
        else { throw DamagedBytes() }
        run = try reader.number()
        person = try reader.number()
        year = try reader.year()
        pack = try reader.number32()
        event = try RecognitionEvent(from: &reader)
        let funds = try reader.fundChanges()
        guard funds.count == 1 else { throw DamagedBytes() }
        fund = funds[0]
        cash = try reader.bookedAmount()
        recoverable = try reader.bookedAmount()
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            parts.append(
                Part(Position(number: try reader.number()), try reader.bookedText(), try reader.bookedAmount()))
        }
        previousRecord = Position(number: try reader.number())
        guard reader.isAtEnd else { throw DamagedBytes() }
    }

    /// The payment of a row of kind `recognition`, for older ledgers without an entry of its own; nil: none.
    package init?(earlier row: UnsafeRawBufferPointer) throws(DamagedBytes) {
        self.init()
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.recognition.rawValue else { throw DamagedBytes() }
        person = try reader.number()
        event = try RecognitionEvent(from: &reader)
        year = event.chargedYear
        fund.amount = event.paid
        cash = -event.paid
        if event.paid == 0 { return nil }
    }
}
