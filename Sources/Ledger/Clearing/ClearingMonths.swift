import Accounts
import Records
import Registry
import Settlement

/// Amounts owed to each institution by month, service year and fund (YE-3); in fen.
///
/// Bounded by institutions, months and regions: a cell is some 100 bytes and 16 for each of the region's funds.
final class ClearingMonths {
    struct Key: Hashable, BitwiseCopyable {
        var institution: UInt32
        /// YYYYMM in which the entries were made.
        var month: Int32
        /// Number of the region among `ClearingFunds.regions`.
        var region: UInt8
        var serviceYear: Int32

        func hash(into hasher: inout Hasher) {
            hasher.combine(
                UInt64(institution) << 32
                    | UInt64(UInt32(bitPattern: month &* 40 &+ serviceYear)) ^ UInt64(region) << 28)
        }
    }

    /// An institution's month, of one region and service year.
    struct Cell: Equatable {
        let key: Key
        var settlements = 0
        var reversals = 0
        var uses = 0
        var refunds = 0
        /// 医疗费总额 of the settlements, less reversals.
        var total: Fen = 0
        /// Amounts owed, and amounts paid outside (G-9), by the region's fund numbers.
        var owed: [Fen]
        var outside: [Fen]
        /// Number of the batch, from 1, in which each fund's amount was handed over; 0, or missing: it was not.
        var batches: [UInt32] = []

        init(_ key: Key, funds: Int) {
            self.key = key
            owed = [Fen](repeating: 0, count: funds)
            outside = owed
        }

        func batch(_ fund: Int) -> UInt32 { fund < batches.count ? batches[fund] : 0 }

        mutating func setBatch(_ batch: UInt32, _ fund: Int) {
            while batches.count <= fund { batches.append(0) }
            batches[fund] = batch
        }

        fileprivate mutating func widen(_ funds: Int) {
            while owed.count < funds {
                owed.append(0)
                outside.append(0)
            }
        }

        static func == (left: Cell, right: Cell) -> Bool {
            left.key == right.key && left.settlements == right.settlements && left.reversals == right.reversals
                && left.uses == right.uses && left.refunds == right.refunds && left.total == right.total
                && left.owed.elementsEqual(right.owed) && left.outside.elementsEqual(right.outside)
                && (0..<left.owed.count).allSatisfy { left.batch($0) == right.batch($0) }
        }
    }

    // Unchecked exclusivity: no function that is passed a part of these accesses the book again.
    @exclusivity(unchecked) var funds: ClearingFunds
    @exclusivity(unchecked) private(set) var cells: ContiguousArray<Cell> = []
    @exclusivity(unchecked) private var indexes: [Key: Int] = [:]
    /// Cells by month, so that finding one month does not scan all cells.
    @exclusivity(unchecked) private var months: [Int32: [Int]] = [:]
    /// Cache of the last cell: successive rows are often of one institution and month.
    @exclusivity(unchecked) private var last: (key: Key, index: Int)?

    init(_ layouts: Layouts) { funds = ClearingFunds(layouts) }

    /// Counts a settlement in the month in which it was made, or with `sign` −1 its reversal in that of the reversal.
    func add(_ entry: SettlementEntry, on day: CalendarDate, sign: Int) {
        guard let pack = funds.indexes(ofPack: entry.pack) else { return }
        let index = index(
            Key(
                institution: entry.institution, month: day.number / 100, region: UInt8(pack.region),
                serviceYear: entry.year), width: pack.width)
        let sign = Fen(sign)
        if sign > 0 { cells[index].settlements += 1 } else { cells[index].reversals += 1 }
        cells[index].total += sign * entry.outcome.pointee.total
        cells[index].owed[0] += sign * entry.accountTotal
        for position in 0..<entry.outcome.pointee.layerCount {
            let result = entry.outcome.pointee.layers[position]
            let payers = pack.layers[Int(result.layer)]
            if payers.isOutside {
                cells[index].outside[payers.first] += sign * result.paidFirst
                cells[index].outside[payers.second] += sign * result.paidSecond
            } else {
                cells[index].owed[payers.first] += sign * result.paidFirst
                cells[index].owed[payers.second] += sign * result.paidSecond
            }
        }
    }

    /// Counts account use at an institution outside settlements, or a refund (CQ-31); `amount` in fen, 0 or more. The
    /// service year is that of the day on which it was made (I-43).
    func add(_ use: InstitutionUse, _ amount: Fen, at institution: UInt32, region: String, on day: CalendarDate) {
        let index = index(
            Key(
                institution: institution, month: day.number / 100, region: UInt8(funds.region(region)),
                serviceYear: day.year), width: 1)
        if use.isRefund { cells[index].refunds += 1 } else { cells[index].uses += 1 }
        cells[index].owed[0] += use.isRefund ? -amount : amount
    }

    @inline(__always)
    private func index(_ key: Key, width: Int) -> Int {
        let index = if let last, last.key == key { last.index } else { find(key, width) }
        // A later pack may have more funds.
        if cells[index].owed.count < width { cells[index].widen(width) }
        return index
    }

    private func find(_ key: Key, _ width: Int) -> Int {
        let index = indexes[key] ?? append(Cell(key, funds: width))
        last = (key, index)
        return index
    }

    private func append(_ cell: Cell) -> Int {
        cells.append(cell)
        indexes[cell.key] = cells.count - 1
        months[cell.key.month, default: []].append(cells.count - 1)
        return cells.count - 1
    }

    /// Indexes of a month's cells, in order of creation.
    func indexes(ofMonth month: Int32) -> [Int] { months[month] ?? [] }

    /// Indexes of a month's cells, ordered by institution, region and service year.
    func cells(ofMonth month: Int32) -> [Int] {
        indexes(ofMonth: month).sorted { funds.regions.precedes(cells[$0].key, cells[$1].key) }
    }

    /// Records the payment batch of one fund of a cell.
    func setBatch(_ batch: UInt32, of index: Int, fund: Int) { cells[index].setBatch(batch, fund) }

    /// The index of an institution's cell; nil: nothing was settled in that month.
    func index(of key: Key) -> Int? { indexes[key] }

    // MARK: Comparing, snapshots

    /// Every cell by its key, with the names of region and funds in place of numbers: two books are equal where these
    /// are.
    var named: [String: [String]] {
        var named: [String: [String]] = [:]
        for cell in cells {
            let region = funds.regions[Int(cell.key.region)]
            let name = "\(cell.key.institution) \(cell.key.month) \(region.name) \(cell.key.serviceYear)"
            var amounts = ["\(cell.settlements) \(cell.reversals) \(cell.uses) \(cell.refunds) \(cell.total)"]
            for fund in cell.owed.indices where cell.owed[fund] != 0 || cell.outside[fund] != 0 {
                amounts.append(
                    "\(region.funds[fund]) \(cell.owed[fund]) \(cell.outside[fund]) \(cell.batch(fund))")
            }
            named[name] = amounts.sorted()
        }
        return named
    }

    func encode(to writer: inout ByteWriter) {
        funds.encode(to: &writer)
        writer.number(cells.count)
        for cell in cells {
            writer.number(UInt64(cell.key.institution))
            writer.number(Int(cell.key.month))
            writer.byte(cell.key.region)
            writer.signed(Int64(cell.key.serviceYear))
            for count in [cell.settlements, cell.reversals, cell.uses, cell.refunds] { writer.number(count) }
            writer.signed(cell.total)
            writer.number(cell.owed.count)
            for fund in cell.owed.indices {
                writer.signed(cell.owed[fund])
                writer.signed(cell.outside[fund])
                writer.number(UInt64(cell.batch(fund)))
            }
        }
    }

    func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        try funds.decode(from: &reader)
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let institution = UInt32(try reader.count(upTo: Int(UInt32.max)))
            let month = Int32(try reader.count(upTo: Int(Int32.max)))
            let region = try reader.byte()
            guard let year = Int32(exactly: try reader.signed()), Int(region) < funds.regions.count else {
                throw DamagedBytes()
            }
            var cell = Cell(
                Key(institution: institution, month: month, region: region, serviceYear: year), funds: 0)
            cell.settlements = try reader.count(upTo: Int.max)
            cell.reversals = try reader.count(upTo: Int.max)
            cell.uses = try reader.count(upTo: Int.max)
            cell.refunds = try reader.count(upTo: Int.max)
            cell.total = try reader.signed()
            let width = try reader.count(upTo: funds.regions[Int(region)].funds.count)
            guard width > 0 else { throw DamagedBytes() }
            cell.widen(width)
            for fund in 0..<width {
                cell.owed[fund] = try reader.signed()
                cell.outside[fund] = try reader.signed()
                let batch = UInt32(try reader.count(upTo: Int(UInt32.max)))
                if batch != 0 { cell.setBatch(batch, fund) }
            }
            _ = append(cell)
        }
    }
}
