import ArgumentParser
import Foundation
import Ledger
import Policy
import Population
import Registry

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Verify, copy and export a ledger.",
        discussion: """
            EXAMPLES:
              jiesuan ledger verify ./ledger.db
              jiesuan ledger backup ./ledger.db ./ledger-2024-12-31.db
              jiesuan ledger export ./ledger.db --sqlite ./rows.db

            \(Exit.help)
            """,
        subcommands: [LedgerVerify.self, LedgerBackup.self, LedgerExport.self])
}

struct LedgerVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute every settlement, year and account from the journal, and report what differs.",
        discussion: """
            Reads only, also while a server has the ledger open. Checks every block's checksum and the chain of blocks,
            settles every claim again from what was recorded with it, and compares the state that a server would open
            (snapshot and indexes) with the recomputed one.

            EXAMPLES:
              jiesuan ledger verify ./ledger.db
              jiesuan ledger verify ./ledger.db --json

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger.") var path: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup var policies: PolicyOptions

    func run() throws {
        let library = PolicyLibrary(packs: try policies.load())
        let store = try SQLiteStore(path: path, mode: .readOnly)
        let problems = try store.check()
        let last = try store.lastSequence()
        let start = Date()
        let progress = Progress("blocks")
        let verifier = try Verifier(store: store, library: library)
        var result = try verifier.verify { done in
            progress.show(done, share: Double(done) / Double(max(1, last)))
        }
        progress.finish(result.blocks)
        if problems.isEmpty, result.isClean {
            let ledger = try Ledger(
                store: store, library: library, clock: SystemClock(), directory: indexFolder(ofLedger: path),
                access: .reader)
            result = verifier.compare(with: ledger)
        }
        print(json ? asJSON(result, problems) : asText(result, problems, Date().timeIntervalSince(start)))
        guard problems.isEmpty, result.isClean else { throw Failure(.someRefused, "the ledger does not verify") }
    }

    private func asText(_ result: Verification, _ problems: [String], _ seconds: Double) -> String {
        var table = TextTable([.left, .right])
        func add(_ name: String, _ count: Int) { table.add([name, MoneyText.grouped(UInt64(count))]) }
        add("数据块 blocks", result.blocks)
        add("结算 settlements", result.settlements)
        add("撤销 reversals", result.reversals)
        add("参保登记 register rows", result.registryRows)
        add("账户 account rows", result.accountRows)
        add("人年 persons' years", result.personYears)
        add("差异 differences", result.differenceCount + problems.count)
        var lines = table.lines() + problems + result.differences
        let more = result.differenceCount - result.differences.count
        if more > 0 { lines.append("… and \(more) more") }
        let speed = MoneyText.grouped(UInt64(Double(result.settlements) / max(seconds, 0.001)))
        lines.append(
            problems.isEmpty && result.isClean
                ? "The ledger verifies (\(String(format: "%.1f", seconds)) s, \(speed) settlements/s)."
                : "The ledger does NOT verify.")
        return lines.joined(separator: "\n")
    }

    private func asJSON(_ result: Verification, _ problems: [String]) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("blocks", result.blocks)
            json.field("settlements", result.settlements)
            json.field("reversals", result.reversals)
            json.field("person_years", result.personYears)
            json.field("difference_count", result.differenceCount + problems.count)
            json.array("differences") { json in
                for text in problems + result.differences { json.value(text) }
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
