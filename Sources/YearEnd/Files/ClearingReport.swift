import Ledger
import Policy
import Population
import Settlement

/// The files that say who is owed what: `funds.csv`, `clearing.csv`, `clearing-year.csv` (G-18, YE-3).
struct ClearingReport {
    private let source: any YearSource
    private let options: YearOptions
    private let folder: RunFolder
    private let headings: TableHeadings
    private var regions: [YearRegion] { source.packs.regions }

    init(_ source: any YearSource, _ options: YearOptions, _ folder: RunFolder, _ headings: TableHeadings) {
        self.headings = headings
        self.source = source
        self.options = options
        self.folder = folder
    }

    // MARK: Funds

    /// Each payer's year, and to whom it is owed: final = institutions + persons + accounts + paid outside − to
    /// recover. What accounts pay outside settlements (`uses`) is no part of a bill, and beside its total.
    func writeFunds(_ from: YearResult, _ result: inout YearResult) throws {
        let writer = try AtomicFileWriter(folder.file("funds.csv"))
        CSVFile.begin(YearTables.funds, headings, writer)
        var rows = 0
        func add(_ region: String, _ texts: [String], _ amounts: Movement, _ payees: FundPayees, uses: Fen = 0) {
            var row = CSVLine()
            row.add(region)
            for text in texts { row.add(text) }
            for amount in [amounts.recorded, amounts.adjusted, amounts.final] { row.add(yuan: amount) }
            for amount in [
                payees.institutions, uses, payees.persons, payees.accounts, payees.paidOutside, payees.recoverable,
            ] {
                row.add(yuan: amount)
            }
            row.end(into: &writer.bytes)
            rows += 1
        }
        for region in from.regions {
            for fund in region.funds {
                add(
                    region.region, [fund.fund.id, fund.fund.zh, fund.fund.category, fund.fund.code], fund.amounts,
                    fund.payees)
            }
            var account = FundPayees()
            account.institutions = region.accountPayees.institutions
            account.persons = region.accountPayees.persons
            add(
                region.region, [ClearingFunds.account, "个人账户", "", ""], region.account, account,
                uses: region.accountPayees.uses)
            add(region.region, ["cash", "现金", "", ""], region.cash, FundPayees())
            add(region.region, ["recoverable", "应退", "", ""], region.recoverable, FundPayees())
        }
        try writer.finish()
        result.files.append(FileResult(name: "funds.csv", rows: rows, columns: YearTables.funds))
    }

    // MARK: Clearing

    func write(_ sums: YearSums, _ result: inout YearResult) throws {
        let writer = try AtomicFileWriter(folder.file("clearing.csv"))
        CSVFile.begin(ClearingColumns.institutions, headings, writer)
        var rows = 0
        var years: [(UInt32, ClearingResult)] = []
        for cell in sums.clearing.sorted {
            let code = source.institution(cell.institution)
            if years.last?.0 != cell.institution {
                years.append(
                    (cell.institution, ClearingResult(institution: code, settlements: 0, reversals: 0, total: 0)))
            }
            years[years.count - 1].1.add(cell)
            let region = regions[cell.region]
            if cell.account != 0 {
                row(cell, code, ClearingFunds.account, "个人账户", owed: cell.account, outside: 0)
                    .write(into: &writer.bytes)
                rows += 1
            }
            for fund in cell.owed.indices where cell.owed[fund] != 0 || cell.outside[fund] != 0 {
                let names = region.funds[fund]
                row(cell, code, names.id, names.zh, owed: cell.owed[fund], outside: cell.outside[fund])
                    .write(into: &writer.bytes)
                rows += 1
            }
            try writer.flushIfFull()
        }
        try writer.finish()
        result.files.append(FileResult(name: "clearing.csv", rows: rows, columns: ClearingColumns.institutions))
        // An institution with a total and nothing to clear is listed, too.
        let cleared = Set(years.map { $0.1.institution })
        let idle = options.institutionTotals.keys.filter { !cleared.contains($0) }.map {
            ClearingResult(institution: $0, settlements: 0, reversals: 0, total: 0)
        }
        result.clearing = (years.map(\.1) + idle).map { $0.against(options.institutionTotals[$0.institution]) }
            .sorted { $0.institution < $1.institution }
        try writeYears(&result)
    }

    private func row(
        _ cell: ClearingCell, _ code: String, _ fund: String, _ name: String, owed: Fen, outside: Fen
    ) -> ClearingRow {
        var row = ClearingRow()
        row.institution = code
        row.month = cell.month
        row.serviceYear = options.year
        row.region = regions[cell.region].pack.region
        row.fund = fund
        row.name = name
        row.settlements = cell.settlements
        row.reversals = cell.reversals
        row.uses = cell.uses
        row.refunds = cell.refunds
        row.total = cell.total
        row.owed = owed
        row.paidOutside = outside
        let line = YearFacts.PaidLine(
            institution: cell.institution, month: cell.month, region: row.region, fund: fund)
        row.batch = source.facts?.lineBatches[line] ?? ""
        return row
    }

    private func writeYears(_ result: inout YearResult) throws {
        let writer = try AtomicFileWriter(folder.file("clearing-year.csv"))
        CSVFile.begin(YearTables.clearingYear, headings, writer)
        for year in result.clearing {
            var row = CSVLine()
            row.add(id: year.institution)
            for count in [year.settlements, year.reversals, year.uses, year.refunds] { row.add(number: count) }
            for amount in [year.total, year.funds, year.accounts, year.owed, year.paidOutside, year.adjusted] {
                row.add(yuan: amount)
            }
            if let limit = year.limit, let over = year.over {
                row.add(yuan: limit)
                row.add(yuan: over)
            } else {
                row.add("")
                row.add("")
            }
            row.end(into: &writer.bytes)
            try writer.flushIfFull()
        }
        try writer.finish()
        result.files.append(
            FileResult(name: "clearing-year.csv", rows: result.clearing.count, columns: YearTables.clearingYear))
    }
}

extension ClearingResult {
    fileprivate mutating func add(_ cell: ClearingCell) {
        settlements += cell.settlements
        reversals += cell.reversals
        uses += cell.uses
        refunds += cell.refunds
        total += cell.total
        funds += cell.owed.reduce(0, +)
        accounts += cell.account
        paidOutside += cell.outside.reduce(0, +)
        adjusted += cell.adjusted
    }

    fileprivate func against(_ limit: Fen?) -> ClearingResult {
        guard let limit else { return self }
        var result = self
        result.limit = limit
        result.over = funds - limit
        return result
    }
}
