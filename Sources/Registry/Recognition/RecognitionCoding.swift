import Policy
import Records
import Settlement

extension RecognitionTerms {
    func encode(to writer: inout ByteWriter) {
        writer.signed(threshold)
        writer.signed(Int64(ratio))
        writer.signed(limit)
        writer.signed(Int64(monthsBefore))
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        let threshold = try reader.amount()
        let ratio = try reader.signed()
        let limit = try reader.amount()
        let months = try reader.signed()
        guard ratio >= 0, ratio <= Int64(AmountLimit.wholeBasisPoints), months >= 0,
            months <= Int64(RecognitionTerms.monthsBeforeMax)
        else { throw DamagedBytes() }
        self.init(
            threshold: threshold, ratio: BasisPoints(ratio), limit: limit, monthsBefore: Int32(months))
    }
}

extension RecognitionEvent {
    package func encode(to writer: inout ByteWriter) {
        switch self {
        case .applied(let day):
            writer.byte(1)
            writer.date(day)
        case .refused(let year, let day, let reason):
            writer.byte(2)
            writer.signed(Int64(year))
            writer.date(day)
            writer.text(reason)
        case .recognised(let year, let day, let terms, let burden, let outside, let paid):
            writer.byte(3)
            writer.signed(Int64(year))
            writer.date(day)
            terms.encode(to: &writer)
            for amount in [burden, outside, paid] { writer.signed(amount) }
        case .paidOutstanding(let year, let amount):
            writer.byte(4)
            writer.signed(Int64(year))
            writer.signed(amount)
        case .settledUp(let year, let amount, let recoverable):
            writer.byte(5)
            writer.signed(Int64(year))
            writer.signed(amount)
            writer.signed(recoverable)
        case .takenBack(let year, let day, let reason, let amount):
            writer.byte(6)
            writer.signed(Int64(year))
            writer.date(day)
            writer.text(reason)
            writer.signed(amount)
        }
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        switch try reader.byte() {
        case 1: self = .applied(on: try reader.existingDate())
        case 2: self = .refused(year: try reader.month(), on: try reader.date(), reason: try reader.text())
        case 3:
            self = .recognised(
                year: try reader.month(), on: try reader.date(), try RecognitionTerms(from: &reader),
                burden: try reader.amount(), outside: try reader.amount(), paid: try reader.amount())
        case 4: self = .paidOutstanding(year: try reader.month(), try reader.amount())
        case 5:
            self = .settledUp(
                year: try reader.month(), amount: try reader.change(), recoverable: try reader.change())
        case 6:
            self = .takenBack(
                year: try reader.month(), on: try reader.existingDate(), reason: try reader.text(),
                amount: try reader.change())
        default: throw DamagedBytes()
        }
    }
}

extension RecognitionState {
    private static var version: UInt8 { 2 }

    /// The whole state of a person; an empty one takes two bytes.
    package func encode(to writer: inout ByteWriter) {
        writer.byte(RecognitionState.version)
        writer.number(recognitions.count)
        for recognition in recognitions {
            let days = [recognition.applied, recognition.recognised, recognition.refused, recognition.takenBack]
            for day in days { writer.date(day) }
            writer.text(recognition.reason)
            recognition.terms.encode(to: &writer)
            let amounts = [
                recognition.burden, recognition.outside, recognition.paid, recognition.beside, recognition.recoverable,
            ]
            for amount in amounts { writer.signed(amount) }
        }
    }

    package init(from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == RecognitionState.version else { throw DamagedBytes() }
        self.init()
        for _ in 0..<(try reader.count(upTo: RecognitionState.recognitionsMax)) {
            var recognition = Recognition(applied: try reader.existingDate())
            recognition.recognised = try reader.date()
            recognition.refused = try reader.date()
            recognition.takenBack = try reader.date()
            recognition.reason = try reader.text()
            recognition.terms = try RecognitionTerms(from: &reader)
            recognition.burden = try reader.amount()
            recognition.outside = try reader.amount()
            recognition.paid = try reader.change()
            recognition.beside = try reader.change()
            recognition.recoverable = try reader.change()
            guard recognitions.last.map({ $0.year < recognition.year }) ?? true else { throw DamagedBytes() }
            append(recognition)
        }
    }
}

extension ByteReader {
    /// A date of the calendar.
    fileprivate mutating func existingDate() throws(DamagedBytes) -> CalendarDate {
        let day = try date()
        guard day.exists else { throw DamagedBytes() }
        return day
    }

    /// An amount within the bounds of an accumulator, in fen.
    fileprivate mutating func amount() throws(DamagedBytes) -> Fen {
        let amount = try signed()
        guard amount >= 0, amount <= AmountLimit.accumulatorMax else { throw DamagedBytes() }
        return amount
    }

    /// A change of such an amount, in fen.
    fileprivate mutating func change() throws(DamagedBytes) -> Fen {
        let amount = try signed()
        guard amount.magnitude <= UInt64(AmountLimit.accumulatorMax) else { throw DamagedBytes() }
        return amount
    }
}
