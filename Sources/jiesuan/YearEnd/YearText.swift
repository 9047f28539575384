import Foundation
import Policy
import Settlement
import Text
import YearEnd

/// The text of a year-end run.
enum YearText {
    static func summary(_ result: YearResult, _ posting: PostingResult?, folder: String, seconds: Double) -> String {
        func count(_ number: Int) -> String { MoneyText.grouped(UInt64(max(0, number))) }
        var lines: [String] = []
        for region in result.regions {
            lines.append(
                "\(region.zh) \(region.region), \(result.year): "
                    + counted(region.settlements, "settlement", isGrouped: true))
            var table = TextTable([.left, .right, .right, .right])
            table.add(["", "原结算 recorded", "调整 adjusted", "最终 final"])
            for fund in region.funds where fund.amounts != Movement() {
                table.add([fund.fund.zh] + amounts(fund.amounts))
            }
            table.add(["个人账户 accounts"] + amounts(region.account))
            table.add(["现金 cash"] + amounts(region.cash))
            table.add(["应退 recoverable"] + amounts(region.recoverable))
            lines += table.lines()
        }
        lines.append(
            [
                counted(result.persons, "person", isGrouped: true),
                counted(result.resettled, "year", isGrouped: true) + " settled again",
                counted(result.adjustments.count, "adjustment", isGrouped: true) + " of "
                    + counted(result.adjustments.persons, "person", isGrouped: true),
            ].joined(separator: ", "))
        for reason in result.adjustments.reasons { lines.append("  \(reason.reason): \(count(reason.count))") }
        for round in result.secondRounds {
            lines.append(
                "\(round.region): second round pays \(money(round.paid)) of \(money(round.unpaid)) yuan left "
                    + "unpaid, of "
                    + "which \(money(round.paidBefore - round.excess)) were paid before")
        }
        if result.repeated > 0 { lines.append("rows that stand twice, counted once: \(count(result.repeated))") }
        for refused in result.refused { lines.append("not settled, \(refused.reason): \(count(refused.count))") }
        if let posting {
            lines.append(
                "posted \(count(posting.posted)), before \(count(posting.duplicates)), "
                    + "waiting \(count(posting.movedOn))")
        }
        lines.append("\(folder)/result.json (\(String(format: "%.1f", seconds)) s)")
        return lines.joined(separator: "\n")
    }

    private static func amounts(_ movement: Movement) -> [String] {
        [money(movement.recorded), money(movement.adjusted), money(movement.final)]
    }

    private static func money(_ fen: Fen) -> String { (fen < 0 ? "-" : "") + MoneyText.yuan(abs(fen)) }
}
