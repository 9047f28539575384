import Foundation
import Ledger
import Lists
import Policy
import Population
import Registry
import Settlement
import Text

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

    /// - Parameters:
    ///   - roundPosts: files of what the second rounds book.
    ///   - roundOwed: files of what they owe to persons.
    func write(
        _ sums: YearSums, _ collected: Collected, roundPosts: [String], roundOwed: [String],
        into result: inout YearResult
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
                    name: "second-round-\(round.region).csv", rows: round.settlements,
                    columns: YearTables.secondRound + source.personNoColumn))
        }
        if options.disposableIncome != nil { try writeMonitoring(sums, &result) }
        try join(.adjustments, "adjustments.csv", YearTables.adjustments + source.personNoColumn, &result)
        try join(.refused, "refused.csv", ErrorFile.columns, &result, first: [folder.workFile("unreadable")])
        try join(.consent, "without-consent.csv", YearTables.consent + source.personNoColumn, &result)
        try join(.recognitions, "recognitions.csv", YearTables.recognitions + source.personNoColumn, &result)
        try join(
            .owed, "owed-to-persons.csv", ClearingColumns.persons + source.personNoColumn, &result, last: roundOwed)
        try join(.recoveries, "recoveries.csv", YearTables.recoveries + source.personNoColumn, &result)
        let clearing = ClearingReport(source, options, folder, headings)
        try clearing.writeFunds(result, &result)
        try clearing.write(sums, &result)
        try writeAssessments(sums, &result)
        if isLedger {
            result.accounts = collected.accounts
            let columns = YearTables.accounts + source.personNoColumn
            let rows = try CSVFile.join(
                [AccountYears.path(folder.work)], columns, headings, to: folder.file("accounts.csv"))
            result.files.append(FileResult(name: "accounts.csv", rows: rows, columns: columns))
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
        first: [String] = [], last: [String] = []
    ) throws {
        let rows = try CSVFile.join(first + pieces(piece) + last, columns, headings, to: folder.file(name))
        result.files.append(FileResult(name: name, rows: rows, columns: columns))
    }

    /// What is to be posted, in the order of the partitions, and then the second rounds.
    private func writePosts(_ roundPosts: [String]) throws {
        let writer = try AtomicFileWriter(folder.file("posts.bin"))
        for piece in pieces(.post) + roundPosts { _ = try CSVFile.append(piece, to: writer) }
        try writer.finish()
    }

    // MARK: Totals

    private func regionResults(_ sums: YearSums) -> [RegionResult] {
        zip(regions, sums.regions).filter {
            $1.settlements + $1.reversed > 0 || $1.isBesideOnly || $1.accountPayees.uses != 0
        }.map { region, sums in
            RegionResult(
                region: region.pack.region, zh: region.pack.label.zh, en: region.pack.label.en,
                settlements: sums.settlements, reversed: sums.reversed, total: sums.total,
                funds: region.funds.indices.map {
                    FundResult(fund: region.funds[$0], amounts: sums.funds[$0], payees: sums.payees[$0])
                },
                account: sums.account, cash: sums.cash, recoverable: sums.recoverable,
                recoveries: sums.recoveries, accountPayees: sums.accountPayees,
                kinds: zip(ClaimKind.allCases, sums.kinds).filter { $1.settlements > 0 }.map { kind, sums in
                    KindResult(
                        kind: "\(kind)".snakeCased, settlements: sums.settlements, total: sums.total, fund: sums.fund)
                })
        }
    }

    // MARK: YT-9, YT-11

    private var monitoring: [TableColumn] { YearTables.monitoring + source.personNoColumn }

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
                result.files.append(FileResult(name: name, rows: rows, columns: monitoring))
            }
        }
    }

    /// Takes the month's and the department's rows out of the pieces.
    private func writeMonth(_ month: Int32, _ department: Department, _ name: String) throws -> Int {
        let writer = try AtomicFileWriter(folder.file(name))
        CSVFile.begin(monitoring, headings, writer)
        let text = monthText(month / 100 * 12 + month % 100 - 1)
        let prefix = Array("\(department.watchMark),\(text),".utf8)
        var rows = 0
        for piece in pieces(.monitoring) {
            for line in (try FileBytes.read(piece) ?? []).split(separator: UInt8(ascii: "\n"))
            where line.starts(with: prefix) {
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
        let writer = try AtomicFileWriter(folder.file("assessment.csv"))
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
