import Records
import Registry
import Settlement

/// Amounts owed to persons and to their accounts (G-18), entry by entry, with their payment batches; in fen.
///
/// 48 bytes for each claim that was settled by hand, adjustment, recognition and second-round payment: few beside the
/// settlements. An entry's kind and its funds are read from the journal.
final class OwedBook {
    struct Entry: Equatable, BitwiseCopyable {
        var position: UInt64
        var person: UInt64
        /// Month of the record, YYYYMM.
        var month: Int32
        /// Number of the region among `ClearingFunds.regions`.
        var region: UInt8
        /// Number of the payment batch, from 1; 0: not handed over yet.
        var batch: UInt32 = 0
        /// Amount owed to the person; negative: taken back.
        var toPerson: Fen
        /// Amount owed to accounts: credited back there.
        var toAccounts: Fen
    }

    // Unchecked exclusivity: see `ClearingMonths`.
    /// The entries, ordered by position.
    @exclusivity(unchecked) private(set) var entries: ContiguousArray<Entry> = []
    /// Indexes of entries of an earlier month than the entry before: the clock was accepted there.
    private var falls: [Int] = []

    func add(_ entry: Entry) {
        guard entry.toPerson != 0 || entry.toAccounts != 0, entry.position > entries.last?.position ?? 0 else { return }
        append(entry)
    }

    private func append(_ entry: Entry) {
        if entry.month < entries.last?.month ?? 0 { falls.append(entries.count) }
        entries.append(entry)
    }

    /// Index of the first entry at or after a position.
    func index(atOrAfter position: UInt64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func index(of position: UInt64) -> Int? {
        let index = index(atOrAfter: position)
        return index < entries.count && entries[index].position == position ? index : nil
    }

    /// Index ranges of a month's entries; more than one only where the clock was accepted between them. Each range is
    /// searched on its own.
    func indexes(ofMonth month: Int32) -> [Range<Int>] {
        let starts = [0] + falls
        return zip(starts, falls + [entries.count]).map { indexes(ofMonth: month, in: $0..<$1) }.filter { !$0.isEmpty }
    }

    private func indexes(ofMonth month: Int32, in run: Range<Int>) -> Range<Int> {
        func first(_ isReached: (Int32) -> Bool) -> Int {
            var (low, high) = (run.lowerBound, run.upperBound)
            while low < high {
                let middle = (low + high) / 2
                if isReached(entries[middle].month) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        return first { $0 >= month }..<first { $0 > month }
    }

    func setBatch(_ batch: UInt32, of index: Int) { entries[index].batch = batch }

    func encode(to writer: inout ByteWriter) {
        writer.number(entries.count)
        for entry in entries {
            writer.number(entry.position)
            writer.number(entry.person)
            writer.number(Int(entry.month))
            writer.byte(entry.region)
            writer.number(UInt64(entry.batch))
            writer.signed(entry.toPerson)
            writer.signed(entry.toAccounts)
        }
    }

    func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let position = try reader.number()
            let person = try reader.number()
            let month = Int32(try reader.count(upTo: Int(Int32.max)))
            let region = try reader.byte()
            let batch = UInt32(try reader.count(upTo: Int(UInt32.max)))
            guard position > entries.last?.position ?? 0 else { throw DamagedBytes() }
            append(
                Entry(
                    position: position, person: person, month: month, region: region, batch: batch,
                    toPerson: try reader.signed(), toAccounts: try reader.signed()))
        }
    }
}
