import LedgerFormat
import Records
import Registry
import Settlement

/// A batch of lines or entries handed over for payment together (拨付批次, G-18).
package struct PaymentBatch: Equatable, Sendable {
    package enum List: UInt8, CaseIterable, Sendable {
        /// Lines of the institutions' month.
        case institutions = 1
        /// Entries owed to persons.
        case persons
    }

    /// The caller's id of it.
    package var id: String
    /// Day of the handover.
    package var day: CalendarDate
    package var list: List
    /// YYYYMM.
    package var month: Int32
    /// Lines or entries, and what they come to, in fen.
    package var count = 0
    package var total: Fen = 0
    /// Digest of the request, which recognises a repeated one.
    var digest: UInt64 = 0
    package var position = Position.none
    package var recorded = Moment(milliseconds: 0)
}

/// Batches by their numbers, from 1, and by their ids.
struct PaymentBatches: Equatable {
    private(set) var all: [PaymentBatch] = []
    private var numbers: [String: UInt32] = [:]

    subscript(number: UInt32) -> PaymentBatch? {
        number >= 1 && Int(number) <= all.count ? all[Int(number) - 1] : nil
    }

    subscript(id: String) -> PaymentBatch? { numbers[id].flatMap { self[$0] } }

    /// The id of a batch by its number; empty for 0.
    func id(_ number: UInt32) -> String { self[number]?.id ?? "" }

    /// Adds a batch and returns its number.
    @discardableResult
    mutating func add(_ batch: PaymentBatch) -> UInt32 {
        all.append(batch)
        numbers[batch.id] = UInt32(all.count)
        return UInt32(all.count)
    }

    func encode(to writer: inout ByteWriter) {
        writer.number(all.count)
        for batch in all {
            batch.encodeHead(to: &writer)
            writer.number(batch.count)
            writer.number(batch.position.number)
            writer.signed(batch.recorded.milliseconds)
        }
    }

    mutating func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            var batch = try PaymentBatch(head: &reader)
            batch.count = try reader.count(upTo: Int.max)
            batch.position = Position(number: try reader.number())
            batch.recorded = Moment(milliseconds: try reader.signed())
            add(batch)
        }
    }
}

extension PaymentBatch {
    func encodeHead(to writer: inout ByteWriter) {
        writer.text(id)
        writer.date(day)
        writer.byte(list.rawValue)
        writer.number(Int(month))
        writer.signed(total)
        writer.fixed64(digest)
    }

    init(head reader: inout ByteReader) throws(DamagedBytes) {
        id = try reader.text()
        day = try reader.date()
        list = try reader.value()
        month = Int32(try reader.count(upTo: Int(Int32.max)))
        total = try reader.signed()
        digest = try reader.fixed64()
    }
}

/// A batch as a row of the journal: the lines or entries that it marks, with their amounts, so that the row is
/// complete by itself.
package struct PaymentRow: Equatable {
    /// A line of an institution's month.
    package struct Line: Equatable {
        package var institution: UInt32
        package var region: String
        package var serviceYear: Int32
        package var fund: String
        /// In fen.
        package var amount: Fen
    }

    /// An entry that is owed to a person or accounts.
    package struct Entry: Equatable {
        package var position: UInt64
        package var toPerson: Fen
        package var toAccounts: Fen
    }

    /// Lines or entries of one batch: about 4 MB of the journal.
    static let countMax = 100_000
    private static let version: UInt8 = 1

    package var batch: PaymentBatch
    package var lines: [Line] = []
    package var entries: [Entry] = []

    init(_ batch: PaymentBatch) { self.batch = batch }

    func write(to writer: inout ByteWriter) {
        writer.byte(RowKind.payment.rawValue)
        writer.byte(Self.version)
        batch.encodeHead(to: &writer)
        writer.number(lines.count)
        for line in lines {
            writer.number(UInt64(line.institution))
            writer.text(line.region)
            writer.signed(Int64(line.serviceYear))
            writer.text(line.fund)
            writer.signed(line.amount)
        }
        writer.number(entries.count)
        for entry in entries {
            writer.number(entry.position)
            writer.signed(entry.toPerson)
            writer.signed(entry.toAccounts)
        }
    }

    package init(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == RowKind.payment.rawValue, try reader.byte() == Self.version else {
            throw DamagedBytes()
        }
        batch = try PaymentBatch(head: &reader)
        for _ in 0..<(try reader.count(upTo: Self.countMax)) {
            let institution = UInt32(try reader.count(upTo: Int(UInt32.max)))
            let region = try reader.text()
            guard let year = Int32(exactly: try reader.signed()) else { throw DamagedBytes() }
            lines.append(
                Line(
                    institution: institution, region: region, serviceYear: year, fund: try reader.text(),
                    amount: try reader.signed()))
        }
        for _ in 0..<(try reader.count(upTo: Self.countMax)) {
            entries.append(
                Entry(
                    position: try reader.number(), toPerson: try reader.signed(), toAccounts: try reader.signed()))
        }
        guard reader.isAtEnd else { throw DamagedBytes() }
        batch.count = lines.count + entries.count
    }
}
