import ArgumentParser
import Foundation
import Policy
import Population
import Registry
import Settlement
import Text
import YearEnd

/// shenyang=1234567.89: an amount of a region, in yuan.
struct RegionAmount: ExpressibleByArgument {
    var region: String
    var amount: Fen

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let amount = try? YuanText.fen(String(parts[1])), amount >= 0 else { return nil }
        region = String(parts[0])
        self.amount = amount
    }
}

/// 2022-11-03..2022-12-31: the first and the last day.
struct DaysArgument: ExpressibleByArgument {
    var from: CalendarDate
    var until: CalendarDate

    init?(argument: String) {
        guard let dots = argument.range(of: ".."), let from = try? DateText.date(String(argument[..<dots.lowerBound])),
            let until = try? DateText.date(String(argument[dots.upperBound...])), from <= until
        else { return nil }
        self.from = from
        self.until = until
    }
}

/// Shows a run's stages: a line redrawn in place on a terminal, a plain line now and then in a log.
final class YearProgressView: @unchecked Sendable {
    // Unchecked: all state is behind the lock.
    private let lock = NSLock()
    private let start = Date()
    private var last: YearProgress?
    private var stageStart = Date()
    private var shown = Date()
    private let interval = Terminal.isErrorTerminal ? 0.1 : 5.0

    var seconds: Double { Date().timeIntervalSince(start) }

    func show(_ progress: YearProgress) {
        lock.withLock {
            let now = Date()
            if let last, last.stage != progress.stage { end(last, now) }
            if last?.stage != progress.stage { stageStart = now }
            last = progress
            guard now.timeIntervalSince(shown) >= interval else { return }
            shown = now
            let elapsed = now.timeIntervalSince(stageStart)
            var line = "\(progress.stage.rawValue): \(Int(progress.share * 100)) %" + amount(progress, elapsed)
            if progress.share > 0.02, progress.share < 1 {
                line += ", \(Int(elapsed * (1 - progress.share) / progress.share) + 1) s left"
            }
            Terminal.write(Terminal.isErrorTerminal ? "\r\(line)\u{1B}[K" : "year-end " + line + "\n")
        }
    }

    func finish() {
        lock.withLock { if let last { end(last, Date()) } }
    }

    /// One line for a finished stage.
    private func end(_ progress: YearProgress, _ now: Date) {
        let elapsed = now.timeIntervalSince(stageStart)
        let line =
            "\(progress.stage.rawValue): done\(amount(progress, elapsed)), "
            + String(format: "%.1f s", elapsed)
        Terminal.write(Terminal.isErrorTerminal ? "\r\(line)\u{1B}[K\n" : "year-end " + line + "\n")
        shown = now
    }

    private func amount(_ progress: YearProgress, _ elapsed: Double) -> String {
        guard progress.done > 0 else { return "" }
        let rate = elapsed > 0.05 ? ", \(MoneyText.grouped(UInt64(Double(progress.done) / elapsed)))/s" : ""
        return ", \(MoneyText.grouped(UInt64(progress.done)))\(rate)"
    }
}

/// Reads an operator's yearly totals of institutions (YE-3): a CSV file with the columns institution and total (yuan).
enum InstitutionTotals {
    static let columns = [
        FileColumn("institution", "机构编号", isRequired: true), FileColumn("total", "年度总额", isRequired: true),
    ]

    /// The totals by the institution's code. An unreadable row refuses the whole file: an institution without its total
    /// would be cleared as if none were set.
    static func read(_ path: String) throws -> [String: Fen] {
        var reader = try TableReader(
            try FileSource(path: path), columns, kind: "yearly totals", help: "`jiesuan year-end --help` explains them")
        var totals: [String: (total: Fen, line: Int)] = [:]
        while true {
            switch try reader.next() {
            case .end: return totals.mapValues(\.total)
            case .bad(let problem): throw Failure(.file, "\(path): line \(problem.line): \(problem.message)")
            case .row: break
            }
            let line = reader.cells.line
            let code = reader.text(0)
            if code.isEmpty { throw Failure(.file, "\(path): line \(line): names no institution") }
            if SpreadsheetText.isScientific(code.utf8) {
                throw Failure(.file, "\(path): line \(line): \(code): \(SpreadsheetText.scientificMessage)")
            }
            guard let total = try? YuanText.fen(reader.text(1)), total >= 0 else {
                let value = reader.text(1).prefix(40)
                throw Failure(.file, "\(path): line \(line): total \"\(value)\" is no amount in yuan")
            }
            if let other = totals[code], other.total != total {
                throw Failure(
                    .file,
                    "\(path): lines \(other.line) and \(line) have different totals of \(code); keep the right one")
            }
            totals[code] = totals[code] ?? (total, line)
        }
    }
}
