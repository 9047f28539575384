import ArgumentParser
import Foundation
import Ledger
import LedgerStore
import Policy
import Records
import Registry
import Text

struct LedgerRescue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rescue",
        abstract: "Say what can be kept of a ledger that is damaged or incomplete, and keep it.",
        discussion: """
            A ledger whose files are damaged, incomplete or not of one moment is not opened. This says why, up to which
            block everything is sound, what was acknowledged and is gone, and lists the settlement ids of it that can
            still be read. Nothing is changed unless --out or --accept-loss is named. A damaged place of the log takes
            nothing away where a later commit holds the same page.

            --out writes what is sound to a new ledger and leaves the old files alone. --accept-loss puts it in the
            place of the ledger; the old files stay beside it as FILE.damaged, FILE.damaged-wal, FILE.damaged-witness.
            A claim that is gone is settled again when it is sent again; it may get another number.

            A backup that was copied over a ledger is refused too, where the witness beside it knows of more: this lists
            what the backup lacks, and --accept-loss takes it.

            Exit code 1: something that was acknowledged is gone, or the ledger needs a rescue and --dry-run was named.

            EXAMPLES:
              jiesuan ledger rescue ./ledger.db --dry-run
              jiesuan ledger rescue ./ledger.db --out ./rescued.db
              jiesuan ledger rescue ./ledger.db --accept-loss
              jiesuan ledger rescue ./ledger.db --json

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger; no server may have it open.") var path: String
    @Option(help: ArgumentHelp("New ledger of what is sound; there must be no such file yet.", valueName: "NEW"))
    var out: String?
    @Flag(help: "Only say what would be kept; so it is where neither --out nor --accept-loss is named.")
    var dryRun = false
    @Flag(help: "Put what is sound in the place of the ledger, whatever is gone.") var acceptLoss = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        guard [out != nil, dryRun, acceptLoss].filter({ $0 }).count <= 1 else {
            throw ValidationError("Name one of --dry-run, --out NEW and --accept-loss.")
        }
    }

    func run() throws {
        if let out { try refuseExisting(out) }
        let progress = Progress("blocks")
        let ledger = try DamagedLedger(path: path, library: try policies.load()) { done, all in
            progress.show(Int(clamping: done), share: Double(done) / Double(max(1, all)))
        }
        progress.finish(Int(clamping: ledger.report.keptBlocks))
        let report = ledger.report
        var kept: String?
        if let out {
            try ledger.keep(to: out)
            kept = out
        } else if acceptLoss {
            // A ledger that can be opened is not changed.
            if !report.isSound { _ = try ledger.keepInPlace() }
            kept = path
        }
        let text = RescueText(path: path, report: report, kept: kept, isInPlace: acceptLoss)
        print(json ? text.json : text.lines.joined(separator: "\n"))
        if report.losesSomething { throw Failure(.someRefused, "something that was acknowledged is gone") }
        if kept == nil, !report.isSound { throw Failure(.someRefused, "the ledger needs a rescue") }
    }
}

/// The result of a rescue, as text and as JSON.
struct RescueText {
    let path: String
    let report: RescueReport
    /// The file with the sound part; nil: none written.
    let kept: String?
    let isInPlace: Bool

    /// Ids in the text at most; JSON has all listed ones.
    private static let idsShown = 1_000

    var lines: [String] {
        var lines = report.refusal.map { ["\($0)", ""] } ?? []
        for frame in report.brokenFrames {
            let what = frame.frame == 0 ? "header" : "frame \(frame.frame)"
            let (from, until) = (frame.bytes.lowerBound, frame.bytes.upperBound)
            lines.append("\(path)-wal: the \(what) is damaged, bytes \(from) to \(until)")
        }
        if let broken = report.brokenBlock { lines.append("block \(broken.sequence): \(broken.reason)") }
        var table = TextTable([.left, .right])
        func add(_ name: String, _ count: UInt64) { table.add([name, MoneyText.grouped(count)]) }
        add("保留数据块 blocks kept", report.keptBlocks)
        add("保留结算 settlements kept", UInt64(report.keptSettlements))
        add("已确认数据块 blocks acknowledged", report.acknowledgedBlocks)
        add("丢失数据块 blocks lost", report.lostBlocks)
        add("其中可读结算 settlements lost that can be read", UInt64(report.lostSettlements))
        lines += table.lines()
        if let last = report.lastKept {
            let time = Date(timeIntervalSince1970: Double(last.milliseconds) / 1000)
            lines.append("The last block that is kept is of \(time.formatted(.iso8601)).")
        }
        if !report.isWitnessed {
            lines.append("There is no witness: how far the ledger was acknowledged is not known, more may be gone.")
        } else if report.losesSomething {
            lines.append(
                "What was acknowledged after that block is gone; claims sent again are settled again.")
        } else {
            lines.append("Nothing that was acknowledged is lost.")
        }
        for number in report.restoredPacks { lines.append("Kept pack \(number) was damaged and is restored.") }
        for pack in report.lostPacks {
            lines.append("Kept pack \(pack) is damaged, and nothing restores it: see --policies.")
        }
        lines += report.lostIDs.prefix(Self.idsShown).map { "gone: \($0)" }
        let more = report.lostSettlements - min(report.lostIDs.count, Self.idsShown)
        if more > 0 { lines.append("… and \(more) more") }
        return lines + [ending]
    }

    private var ending: String {
        if report.isSound { return "The ledger is sound and needs no rescue." }
        guard let kept else {
            return "Nothing was changed. --out NEW writes what is sound, --accept-loss puts it in place."
        }
        return isInPlace ? "\(kept) is what is sound; the old files are \(kept).damaged…" : "\(kept) is what is sound."
    }

    var json: String {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("sound", report.isSound)
            if let refusal = report.refusal { json.field("refusal", refusal) }
            json.array("broken_log_bytes") { json in
                for frame in report.brokenFrames {
                    json.value("\(frame.bytes.lowerBound)-\(frame.bytes.upperBound)")
                }
            }
            if let broken = report.brokenBlock { json.field("broken_block", Int(clamping: broken.sequence)) }
            json.field("blocks_kept", Int(clamping: report.keptBlocks))
            json.field("settlements_kept", report.keptSettlements)
            json.field("blocks_acknowledged", Int(clamping: report.acknowledgedBlocks))
            json.field("witnessed", report.isWitnessed)
            json.field("blocks_lost", Int(clamping: report.lostBlocks))
            json.field("settlements_lost_readable", report.lostSettlements)
            json.array("ids_gone") { json in
                for id in report.lostIDs { json.value(id) }
            }
            json.array("packs_restored") { json in
                for number in report.restoredPacks { json.value("\(number)") }
            }
            json.array("packs_damaged") { json in
                for pack in report.lostPacks { json.value(pack) }
            }
            if let kept { json.field("kept", kept) }
        }
        return json.text
    }
}
