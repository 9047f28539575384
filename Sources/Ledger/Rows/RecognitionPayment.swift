import LedgerFormat
import Records
import Registry
import Settlement

/// What a recognition of poverty through illness (因病致贫, rule YT-7) pays beside settlements, or what is taken back of
/// it: a record of its own in the year of recognition, owed to the person.
///
/// What the fund pays more, the person bears less, or has less to pay back: fund + cash + recoverable = 0.
package struct RecognitionPayment: Equatable, Sendable {
    /// The part that lowers the cash of one settlement of W (I-39), in fen; below 0: raises it again.
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
    /// Number of the year-end run that found it; 0: the office's own step.
    package var run: UInt64 = 0
    package var person: UInt64 = 0
    /// Natural year of the recognition, which it is charged to (I-11).
    package var year: Int32 = 0
    /// Number of the pack whose fund it is; 0: recorded before such payments were entries, so look the region up in the
    /// register.
    package var pack: UInt32 = 0
    /// What it does to the recognition.
    package var event = RecognitionEvent.paidOutstanding(year: 0, 0)
    /// What the fund pays, in fen.
    package var fund = FundChange(.assistance, "", 0)
    /// Change of the cash borne, in fen.
    package var cash: Fen = 0
    /// Change of what is to be recovered (应退), in fen.
    package var recoverable: Fen = 0
    /// Of what lowers cash, the oldest settlement first; what was borne outside the ledger has no part.
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

    /// What a row of the kind `recognition` paid: of ledgers in which that was no entry of its own; nil: nothing.
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
