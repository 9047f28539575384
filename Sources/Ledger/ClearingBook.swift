import Registry
import Settlement

/// Clearing type (清算类别, clr_type) by the platform's numbers.
package enum ClearingType: UInt8, CaseIterable, Sendable {
    /// 门诊.
    case outpatient = 11
    /// 门诊慢特病, with two-disease, negotiated and special drugs.
    case special = 14
    /// 住院.
    case inpatient = 21

    package init(_ kind: ClaimKind) {
        switch kind {
        case .inpatient: self = .inpatient
        case .outpatient, .emergency, .unspecified: self = .outpatient
        case .special, .twoDisease, .negotiated, .specialDrug: self = .special
        }
    }
}

/// What was settled at an institution, less what was reversed; amounts in fen.
package struct ClearingSums: Equatable, Sendable, BitwiseCopyable {
    package var settlements = 0
    package var reversals = 0
    package var total: Fen = 0
    package var fundTotal: Fen = 0
    package var accountTotal: Fen = 0
    package var cash: Fen = 0

    package init() {}

    package static func += (left: inout ClearingSums, right: ClearingSums) {
        left.settlements += right.settlements
        left.reversals += right.reversals
        left.total += right.total
        left.fundTotal += right.fundTotal
        left.accountTotal += right.accountTotal
        left.cash += right.cash
    }

    /// One settlement's amounts; `sign` −1 for its reversal.
    init(_ entry: SettlementEntry, sign: Int) {
        if sign > 0 { settlements = 1 } else { reversals = 1 }
        total = Fen(sign) * entry.outcome.pointee.total
        // The funds alone: asked of the outcome, all of it would be copied.
        let funds = entry.outcome.pointee.funds
        fundTotal = Fen(sign) * (funds[0] + funds[1] + funds[2] + funds[3] + funds[4] + funds[5])
        accountTotal = Fen(sign) * entry.accountTotal
        cash = Fen(sign) * entry.outcome.pointee.cash
    }
}

/// Totals per institution, day and clearing type, each record counted on the day it was made (China Standard Time).
final class ClearingBook {
    struct Key: Hashable, BitwiseCopyable {
        var institution: UInt32
        /// YYYYMMDD.
        var day: Int32
        var type: UInt8

        /// In one number, which is hashed three times as fast as three.
        func hash(into hasher: inout Hasher) {
            hasher.combine(UInt64(institution) << 32 | UInt64(UInt32(bitPattern: day)) << 5 | UInt64(type))
        }
    }

    @exclusivity(unchecked) private var table: [Key: ClearingSums] = [:]
    /// What was added last, and its sums, which `table` does not have: rows come in runs of one institution and day.
    @exclusivity(unchecked) private var last: (key: Key, sums: ClearingSums)?

    var sums: [Key: ClearingSums] {
        settleLast()
        return table
    }

    private func settleLast() {
        if let last { table[last.key, default: ClearingSums()] += last.sums }
        last = nil
    }

    func add(_ entry: SettlementEntry, on day: CalendarDate, sign: Int) {
        let key = Key(
            institution: entry.institution, day: day.number, type: ClearingType(entry.claim.kind).rawValue)
        if last?.key != key {
            settleLast()
            last = (key, ClearingSums())
        }
        last!.sums += ClearingSums(entry, sign: sign)
    }

    func total(_ institution: UInt32, _ days: ClosedRange<Int32>, _ type: ClearingType?) -> ClearingSums {
        var total = ClearingSums()
        // Numbers between the months of a range are no days: they have no sums.
        for day in days {
            for kind in ClearingType.allCases where type == nil || type == kind {
                if let sums = sums[Key(institution: institution, day: day, type: kind.rawValue)] { total += sums }
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
            writer.number(sums.settlements)
            writer.number(sums.reversals)
            for amount in [sums.total, sums.fundTotal, sums.accountTotal, sums.cash] { writer.signed(amount) }
        }
    }

    func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let key = Key(
                institution: UInt32(try reader.count(upTo: Int(UInt32.max))),
                day: Int32(try reader.count(upTo: Int(Int32.max))), type: try reader.byte())
            var read = ClearingSums()
            read.settlements = try reader.count(upTo: Int.max)
            read.reversals = try reader.count(upTo: Int.max)
            read.total = try reader.signed()
            read.fundTotal = try reader.signed()
            read.accountTotal = try reader.signed()
            read.cash = try reader.signed()
            table[key] = read
        }
    }
}
