import ArgumentParser
import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Records
import Registry
import Text

struct LedgerAcceptClock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-clock",
        abstract: "Record that a clock was wrong, so that a ledger that is ahead of the clock is written again.",
        discussion: """
            A clock that was ahead for a while leaves records of times that have not come yet. Nothing is recorded then
            (4107 STORE_UNAVAILABLE), because the clock may as well be wrong now. Set the clock right first. Where it is
            right and the records' times are wrong, this command makes an entry that says so: records before it that
            bear a later time are not to be trusted in their time, all else of them stands; from then on records bear
            the clock's time again, and their order is that of their numbers. No server may have the ledger open.

            EXAMPLES:
              jiesuan ledger accept-clock ./ledger.db           shows both times, records nothing
              jiesuan ledger accept-clock ./ledger.db --yes

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger.") var path: String
    @Flag(help: "Record it; without this the times are only shown.") var yes = false
    @OptionGroup var clock: ClockOptions
    @OptionGroup var policies: PolicyOptions

    func run() throws {
        let store = try SQLiteStore(path: path, mode: .open)
        defer { store.close() }
        let ledger = try Ledger(
            store: store, library: PolicyLibrary(packs: try policies.load()), clock: clock.clock,
            directory: indexFolder(ofLedger: path), clockAheadMax: clock.aheadMaxMilliseconds)
        defer { ledger.close() }
        let (newest, now, earlier) = try ledger.clockReadings()
        var table = TextTable([.left, .left])
        table.add(["账本最新时间 newest time of the ledger", newest.text])
        table.add(["本机时钟 the clock", now.text])
        table.add(["此前最近记录 last record before that", earlier?.text ?? "none"])
        print(table.lines().joined(separator: "\n"))
        guard ledger.clockProblem() != nil else {
            let seconds = clock.clockAheadMax
            print("The ledger is not ahead of the clock by more than \(seconds) s: nothing is to be accepted.")
            return
        }
        guard yes else {
            throw Failure(
                .usage,
                "nothing was recorded: where the clock is right, run this again with --yes; where it is not, "
                    + "set it right instead")
        }
        let accepted: ClockEra?
        do throws(DomainRefusal) { accepted = try ledger.acceptClock() } catch { throw Failure(.file, error.line) }
        guard let era = accepted else { return }
        print(
            "Accepted: what was recorded before number \(era.position.number) with a time after \(era.accepted.text) "
                + "is not to be trusted in its time.")
    }
}
