import Foundation
import Ledger
import Lists
import Policy
import Population
import Registry
import Settlement

/// Writes a run's results: a CSV file of each kind, and what `YearResult` says of them.
struct YearReport {
    private let source: any YearSource
    private let options: YearOptions
    private let folder: RunFolder
    private let isLedger: Bool
    private var regions: [YearRegion] { source.packs.regions }
    private var headings: TableHeadings { options.headings ?? .english }

    init(_ source: any YearSource, _ options: YearOptions, _ folder: RunFolder, isLedger: Bool) {
        self.source = source
        self.options = options
        self.folder = folder
        self.isLedger = isLedger
    }

    /// - Parameter roundPosts: files of what the second rounds book.
    func write(
        _ sums: YearSums, _ collected: Collected, roundPosts: [String], into result: inout YearResult
    ) throws {
        result.posts = isLedger ? sums.posts : 0
        result.persons = sums.persons
        result.resettled = sums.resettled
        result.otherYears = collected.otherYears
        result.repeated = collected.repeated
        result.regions = regionResults(sums)
        result.settlements = result.regions.reduce(0) { $0 + $1.settlements }
        result.reversed = result.regions.reduce(0) { $0 + $1.reversed }
        result.adjustments.reasons = ReasonCount.list(sums.adjustments)
        result.adjustments.count = sums.adjustments.values.reduce(0, +)
        result.adjustments.persons = sums.adjustedPersons
        result.recognitions = sums.recognitions
        var refused = sums.refusedRows
        refused.merge(collected.refused, uniquingKeysWith: +)
        result.refused = ReasonCount.list(refused)
        for round in result.secondRounds {
            result.files.append(
                FileResult(
                    name: "second-round-\(round.region).csv", rows: round.settlements, columns: YearTables.secondRound))
        }
        if options.disposableIncome != nil { try writeMonitoring(sums, &result) }
        try join(.adjustments, "adjustments.csv", YearTables.adjustments, &result)
        try join(.refused, "refused.csv", ErrorFile.columns, &result, first: [folder.workFile("unreadable")])
        try join(.consent, "without-consent.csv", YearTables.consent, &result)
        try join(.recognitions, "recognitions.csv", YearTables.recognitions, &result)
        try writeFunds(result, &result)
        try writeClearing(sums, &result)
        try writeAssessments(sums, &result)
        if isLedger {
            result.accounts = collected.accounts
            let rows = try CSVFile.join(
                [AccountYears.path(folder.work)], YearTables.accounts, headings, to: folder.file("accounts.csv"))
            result.files.append(FileResult(name: "accounts.csv", rows: rows, columns: YearTables.accounts))
            try writePosts(roundPosts)
        }
        if let facts = source.facts {
            try YearRegisters(facts.registry, options, folder).write(&result)
        }
    }

    private func pieces(_ piece: PartOutput.Piece) -> [String] {
        (0..<Partition.count).map { PartOutput.path(folder.work, piece, $0) }
    }

    private func join(
        _ piece: PartOutput.Piece, _ name: String, _ columns: [TableColumn], _ result: inout YearResult,
        first: [String] = []
    ) throws {
        let rows = try CSVFile.join(first + pieces(piece), columns, headings, to: folder.file(name))
        result.files.append(FileResult(name: name, rows: rows, columns: columns))
    }

    /// What is to be posted, in the order of the partitions, and then the second rounds.
    private func writePosts(_ roundPosts: [String]) throws {
        let writer = try RunWriter(folder.file("posts.bin"))
        for piece in pieces(.post) + roundPosts { _ = try CSVFile.append(piece, to: writer) }
        try writer.finish()
    }

    // MARK: Totals

    private func regionResults(_ sums: YearSums) -> [RegionResult] {
        zip(regions, sums.regions).filter { $1.settlements + $1.reversed > 0 || $1.isBesideOnly }.map { region, sums in
            RegionResult(
                region: region.pack.region, zh: region.pack.label.zh, en: region.pack.label.en,
                settlements: sums.settlements, reversed: sums.reversed, total: sums.total,
                funds: zip(region.funds, sums.funds).map { FundResult(fund: $0, amounts: $1) },
                account: sums.account, cash: sums.cash, recoverable: sums.recoverable,
                kinds: zip(ClaimKind.allCases, sums.kinds).filter { $1.settlements > 0 }.map { kind, sums in
                    KindResult(
                        kind: "\(kind)".snakeCased, settlements: sums.settlements, total: sums.total, fund: sums.fund)
                })
        }
    }

    private func writeFunds(_ from: YearResult, _ result: inout YearResult) throws {
        let writer = try RunWriter(folder.file("funds.csv"))
        CSVFile.begin(YearTables.funds, headings, writer)
        var rows = 0
        for region in from.regions {
            var lines = region.funds.map { ($0.fund.id, $0.fund.zh, $0.fund.category, $0.fund.code, $0.amounts) }
            lines += [
                ("account", "个人账户", "", "", region.account), ("cash", "现金", "", "", region.cash),
                ("recoverable", "应退", "", "", region.recoverable),
            ]
            for (id, name, category, code, amounts) in lines {
                var row = CSVLine()
                for text in [region.region, id, name, category, code] { row.add(text) }
                for amount in [amounts.recorded, amounts.adjusted, amounts.final] { row.add(yuan: amount) }
                row.end(to: writer)
                rows += 1
            }
        }
        try writer.finish()
        result.files.append(FileResult(name: "funds.csv", rows: rows, columns: YearTables.funds))
    }

    // MARK: Clearing

    private func writeClearing(_ sums: YearSums, _ result: inout YearResult) throws {
        let writer = try RunWriter(folder.file("clearing.csv"))
        CSVFile.begin(YearTables.clearing, headings, writer)
        var rows = 0
        var years: [(UInt32, ClearingResult)] = []
        for cell in sums.clearing.sorted {
            let region = regions[cell.region]
            let code = source.institution(cell.institution)
            if years.last?.0 != cell.institution {
                years.append(
                    (
                        cell.institution,
                        ClearingResult(
                            institution: code, settlements: 0, reversals: 0, total: 0, funds: Movement())
                    ))
            }
            years[years.count - 1].1.add(cell)
            for fund in cell.recorded.indices where cell.recorded[fund] != 0 || cell.adjusted[fund] != 0 {
                var row = CSVLine()
                row.add(id: code)
                row.add(number: cell.month)
                row.add(region.pack.region)
                row.add(region.funds[fund].id)
                row.add(region.funds[fund].zh)
                row.add(number: cell.settlements)
                row.add(number: cell.reversals)
                row.add(yuan: cell.total)
                row.add(yuan: cell.recorded[fund])
                row.add(yuan: cell.adjusted[fund])
                row.add(yuan: cell.recorded[fund] + cell.adjusted[fund])
                row.end(to: writer)
                try writer.flushIfFull()
                rows += 1
            }
        }
        try writer.finish()
        result.files.append(FileResult(name: "clearing.csv", rows: rows, columns: YearTables.clearing))
        // An institution with a total and nothing to clear is listed, too.
        let cleared = Set(years.map { $0.1.institution })
        let idle = options.institutionTotals.keys.filter { !cleared.contains($0) }.map {
            ClearingResult(institution: $0, settlements: 0, reversals: 0, total: 0, funds: Movement())
        }
        result.clearing = (years.map(\.1) + idle).map { $0.against(options.institutionTotals[$0.institution]) }
            .sorted { $0.institution < $1.institution }
        try writeYears(&result)
    }

    private func writeYears(_ result: inout YearResult) throws {
        let writer = try RunWriter(folder.file("clearing-year.csv"))
        CSVFile.begin(YearTables.clearingYear, headings, writer)
        for year in result.clearing {
            var row = CSVLine()
            row.add(id: year.institution)
            row.add(number: year.settlements)
            row.add(number: year.reversals)
            for amount in [year.total, year.funds.recorded, year.funds.adjusted, year.funds.final] {
                row.add(yuan: amount)
            }
            if let limit = year.limit, let over = year.over {
                row.add(yuan: limit)
                row.add(yuan: over)
            } else {
                row.add("")
                row.add("")
            }
            row.end(to: writer)
        }
        try writer.finish()
        result.files.append(
            FileResult(name: "clearing-year.csv", rows: result.clearing.count, columns: YearTables.clearingYear))
    }

    // MARK: YT-9, YT-11

    private func writeMonitoring(_ sums: YearSums, _ result: inout YearResult) throws {
        for month in 1...options.lastMonth {
            let number = options.year * 100 + month
            let count = sums.watched[Int(month) - 1]
            result.monitoring.append(
                MonitoringResult(
                    month: number, persons: count.persons, first: count.first, civilAffairs: count.civilAffairs,
                    ruralRevitalisation: count.ruralRevitalisation))
            for department in [Department.civilAffairs, .ruralRevitalisation] {
                let word = "\(department)".snakeCased.replacing("_", with: "-")
                let name = "monitoring-\(number)-\(word).csv"
                let rows = try writeMonth(number, department, name)
                result.files.append(FileResult(name: name, rows: rows, columns: YearTables.monitoring))
            }
        }
    }

    /// Takes the month's and the department's rows out of the pieces.
    private func writeMonth(_ month: Int32, _ department: Department, _ name: String) throws -> Int {
        let writer = try RunWriter(folder.file(name))
        CSVFile.begin(YearTables.monitoring, headings, writer)
        let text = monthText(month / 100 * 12 + month % 100 - 1)
        let prefix = Array("\(department.watchMark),\(text),".utf8)
        var rows = 0
        for piece in pieces(.monitoring) {
            for line in (try FileBytes.read(piece) ?? []).split(separator: UInt8(ascii: "\n")) {
                guard line.starts(with: prefix) else { continue }
                writer.bytes.append(contentsOf: line.dropFirst(2))
                writer.bytes.append(UInt8(ascii: "\n"))
                try writer.flushIfFull()
                rows += 1
            }
        }
        try writer.finish()
        return rows
    }

    private func writeAssessments(_ sums: YearSums, _ result: inout YearResult) throws {
        result.assessments = sums.assessments.values.map { cell in
            let whole = Int128(max(1, cell.total))
            let share = (Int128(cell.outOfCatalog) * 20_000 + whole) / (2 * whole)
            return AssessmentResult(
                institution: source.institution(cell.institution), claims: cell.claims, total: cell.total,
                outOfCatalog: cell.outOfCatalog, withoutConsent: cell.withoutConsent, share: Int64(share))
        }.sorted { $0.institution < $1.institution }
        let writer = try RunWriter(folder.file("assessment.csv"))
        CSVFile.begin(YearTables.assessment, headings, writer)
        for cell in result.assessments {
            var row = CSVLine()
            row.add(id: cell.institution)
            row.add(number: cell.claims)
            row.add(yuan: cell.total)
            row.add(yuan: cell.outOfCatalog)
            // Hundredths of a percent are written as yuan are.
            row.add(yuan: cell.share)
            row.add(number: cell.withoutConsent)
            row.end(to: writer)
        }
        try writer.finish()
        result.files.append(
            FileResult(name: "assessment.csv", rows: result.assessments.count, columns: YearTables.assessment))
    }
}

extension ClearingResult {
    fileprivate mutating func add(_ cell: ClearingCell) {
        settlements += cell.settlements
        reversals += cell.reversals
        total += cell.total
        let recorded = cell.recorded.reduce(0, +)
        let adjusted = cell.adjusted.reduce(0, +)
        funds.recorded += recorded
        funds.adjusted += adjusted
        funds.final += recorded + adjusted
    }

    fileprivate func against(_ limit: Fen?) -> ClearingResult {
        guard let limit else { return self }
        var result = self
        result.limit = limit
        result.over = funds.final - limit
        return result
    }
}
