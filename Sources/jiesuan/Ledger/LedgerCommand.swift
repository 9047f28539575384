import ArgumentParser
import Foundation
import Ledger
import LedgerStore
import Policy
import Text

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Verify, copy and export a ledger.",
        discussion: """
            EXAMPLES:
              jiesuan ledger verify ./ledger.db
              jiesuan ledger backup ./ledger.db ./ledger-2024-12-31.db
              jiesuan ledger export ./ledger.db --sqlite ./rows.db
              jiesuan ledger accept-clock ./ledger.db

            \(Exit.help)
            """,
        subcommands: [
            LedgerVerify.self, LedgerBackup.self, LedgerExport.self, LedgerRescue.self, LedgerAcceptClock.self,
        ])
}

struct LedgerVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute every settlement, year and account from the journal, and report what differs.",
        discussion: """
            Reads only, also while a server has the ledger open. Checks every block's checksum and the chain of blocks,
            settles every claim again from what was recorded with it, and compares the state that a server would open
            (snapshot, indexes and the index of visits) with the recomputed one. Warns where the disk is nearly full,
            and of indexes that cannot be used and are made anew by the next start. Names the file's format, as
            `jiesuan --version` names that of new ledgers.

            EXAMPLES:
              jiesuan ledger verify ./ledger.db
              jiesuan ledger verify ./ledger.db --json

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger.") var path: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup var policies: PolicyOptions

    func run() throws {
        let progress = Progress("blocks")
        let check = try LedgerCheck(path, try policies.load()) { done, all in
            progress.show(done, share: Double(done) / Double(max(1, all)))
        }
        progress.finish(check.result.blocks)
        print(json ? asJSON(check) : asText(check))
        guard check.isClean else { throw Failure(.someRefused, "the ledger does not verify") }
    }

    private func asText(_ check: LedgerCheck) -> String {
        let result = check.result
        var table = TextTable([.left, .right])
        func add(_ name: String, _ count: Int) { table.add([name, MoneyText.grouped(UInt64(count))]) }
        add("账本格式 format", check.format)
        add("数据块 blocks", result.blocks)
        add("结算 settlements", result.settlements)
        add("撤销 reversals", result.reversals)
        add("参保登记 register rows", result.registryRows)
        add("账户 account rows", result.accountRows)
        add("年终调整 adjustments", result.adjustments)
        add("二次报销与因病致贫支付 second rounds and recognitions", result.payments)
        add("人年 persons' years", result.personYears)
        add("差异 differences", check.differenceCount)
        var lines = table.lines() + check.differences
        let more = result.differenceCount - result.differences.count
        if more > 0 { lines.append("… and \(more) more") }
        lines += check.warnings.map { "警告 warning: \($0)" }
        let speed = MoneyText.grouped(UInt64(Double(result.settlements) / max(check.seconds, 0.001)))
        lines.append(
            check.isClean
                ? "The ledger verifies (\(String(format: "%.1f", check.seconds)) s, \(speed) settlements/s)."
                : "The ledger does NOT verify.")
        return lines.joined(separator: "\n")
    }

    private func asJSON(_ check: LedgerCheck) -> String {
        let result = check.result
        var json = JSONText(indents: false)
        json.object { json in
            json.field("format", check.format)
            json.field("blocks", result.blocks)
            json.field("settlements", result.settlements)
            json.field("reversals", result.reversals)
            json.field("registry_rows", result.registryRows)
            json.field("account_rows", result.accountRows)
            json.field("adjustments", result.adjustments)
            json.field("payments", result.payments)
            json.field("person_years", result.personYears)
            json.field("difference_count", check.differenceCount)
            json.array("differences") { json in
                for text in check.differences { json.value(text) }
            }
            json.array("warnings") { json in
                for text in check.warnings { json.value(text) }
            }
        }
        return json.text
    }
}

struct LedgerBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a ledger consistently, also while a server has it open.",
        discussion: """
            EXAMPLES:
              jiesuan ledger backup ./ledger.db ./ledger-2024-12-31.db

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger.") var path: String
    @Argument(help: "The copy; there must be no such file yet.") var copy: String

    func run() throws {
        let store = try SQLiteStore(path: path, mode: .readOnly)
        let progress = Progress("blocks")
        var blocks = 0
        try store.backup(to: copy) { done, all in
            blocks = done
            progress.show(done, share: Double(done) / Double(max(1, all)))
        }
        progress.finish(blocks)
        print("\(copy): \(MoneyText.grouped(UInt64(blocks))) blocks")
    }
}
