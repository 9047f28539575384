import Accounts
import Records
import Registry
import Settlement

/// Totals per institution, day, clearing type and insurance, each record counted on the day it was made (China Standard
/// Time).
final class ClearingBook {
    struct Key: Hashable, BitwiseCopyable {
        var institution: UInt32
        /// YYYYMMDD.
        var day: Int32
        /// A `ClearingType` by its number.
        var type: UInt8
        /// An `Insurance` by its number.
        var insurance: UInt8

        /// Packs the fields into one number, four times as fast as hashing each: 6 bits of type, 2 of insurance, 25 of
        /// day.
        func hash(into hasher: inout Hasher) {
            let group = UInt64(UInt32(bitPattern: day)) << 8 | UInt64(type) << 2 | UInt64(insurance)
            hasher.combine(UInt64(institution) << 33 | group)
        }
    }

    @exclusivity(unchecked) private var table: [Key: ClearingSums] = [:]
    /// Cache of the last key and its sums, not yet in `table`: successive rows are often of one institution and day.
    @exclusivity(unchecked) private var last: (key: Key, sums: ClearingSums)?

    var sums: [Key: ClearingSums] {
        settleLast()
        return table
    }

    private func settleLast() {
        if let last { table[last.key, default: ClearingSums()] += last.sums }
        last = nil
    }

    @inline(__always)
    private func add(_ sums: ClearingSums, _ key: Key) {
        if last?.key != key {
            settleLast()
            last = (key, ClearingSums())
        }
        last!.sums += sums
    }

    func add(_ entry: SettlementEntry, on day: CalendarDate, sign: Int) {
        let key = Key(
            institution: entry.institution, day: day.number, type: ClearingType(entry).rawValue,
            insurance: entry.facts.insurance.rawValue)
        add(ClearingSums(entry, sign: sign), key)
    }

    /// Account use at an institution outside settlements, or a refund of it (CQ-31); `amount` in fen, 0 or more.
    func add(_ use: InstitutionUse, _ amount: Fen, at institution: UInt32, on day: CalendarDate) {
        let key = Key(
            institution: institution, day: day.number, type: ClearingType(use).rawValue,
            insurance: Insurance.ofAccounts.rawValue)
        add(ClearingSums(use: amount, isRefund: use.isRefund), key)
    }

    /// The sums of one clearing type and insurance; nil: all of them.
    func total(
        _ institution: UInt32, _ days: ClosedRange<Int32>, _ type: ClearingType?, _ insurance: Insurance?
    ) -> ClearingSums {
        let sums = sums
        var total = ClearingSums()
        // Numbers between two months of a range are no dates and have no sums.
        for day in days {
            for kind in ClearingType.allCases where type == nil || type == kind {
                for insured in Insurance.allCases where insurance == nil || insurance == insured {
                    let key = Key(
                        institution: institution, day: day, type: kind.rawValue, insurance: insured.rawValue)
                    if let found = sums[key] { total += found }
                }
            }
        }
        return total
    }

    func encode(to writer: inout ByteWriter) {
        writer.number(sums.count)
        for (key, sums) in sums {
            writer.number(UInt64(key.institution))
            writer.number(UInt64(key.day))
            writer.byte(key.type)
            writer.byte(key.insurance)
            sums.encode(to: &writer)
        }
    }

    func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let key = Key(
                institution: UInt32(try reader.count(upTo: Int(UInt32.max))),
                day: Int32(try reader.count(upTo: Int(Int32.max))), type: try reader.byte(),
                insurance: try reader.byte())
            table[key] = try ClearingSums(from: &reader)
        }
    }
}
