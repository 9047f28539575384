import Accounts
import Ledger
import Population
import Records
import Registry
import Settlement

/// What all accounts together went through in the year (YE-5); in fen.
package struct AccountTotals: Codable, Equatable, Sendable {
    package var accounts = 0
    /// Carried over from the year before.
    package var opening: Fen = 0
    /// 每月计入 (CQ-30).
    package var credits: Fen = 0
    /// Opening balances, transfers in, inheritance, refunds, corrections.
    package var otherCredits: Fen = 0
    /// Taken by settlements.
    package var settled: Fen = 0
    /// Given back by reversals and adjustments.
    package var givenBack: Fen = 0
    /// Premiums and other uses outside settlements (CQ-31).
    package var otherUses: Fen = 0
    /// Transfers out, inheritance, deregistration (CQ-32).
    package var paidOut: Fen = 0
    /// Carried over to the next year.
    package var closing: Fen = 0

    package init() {}

    package var isConserving: Bool {
        opening + credits + otherCredits + givenBack - settled - otherUses - paidOut == closing
    }
}

/// The accounts' year: credits, uses, balance carried over (YE-5, CQ-32).
///
/// Some 130 bytes for each account and thread that collects; does not grow with what an account went through.
final class AccountYears {
    private struct Sums: BitwiseCopyable {
        var opening: Fen = 0
        var credits: Fen = 0
        var otherCredits: Fen = 0
        var settled: Fen = 0
        var givenBack: Fen = 0
        var otherUses: Fen = 0
        var paidOut: Fen = 0

        static func += (left: inout Sums, right: Sums) {
            left.opening += right.opening
            left.credits += right.credits
            left.otherCredits += right.otherCredits
            left.settled += right.settled
            left.givenBack += right.givenBack
            left.otherUses += right.otherUses
            left.paidOut += right.paidOut
        }
    }

    private let start: Moment
    private let end: Moment
    private var sums: [UInt64: Sums] = [:]

    init(year: Int32) {
        start = Moment(startOf: CalendarDate(year: year, month: 1, day: 1))
        end = Moment(startOf: CalendarDate(year: year + 1, month: 1, day: 1))
    }

    /// Counts an amount (negative: taken) on the day it was recorded.
    private func add(_ amount: Fen, of owner: UInt64, _ time: Moment, _ column: WritableKeyPath<Sums, Fen>) {
        guard amount != 0, time < end else { return }
        if time < start {
            sums[owner, default: Sums()].opening += amount
        } else {
            sums[owner, default: Sums()][keyPath: column] += abs(amount)
        }
    }

    /// Counts a credit that was none (a negative amount): there is so much less of them.
    private func takeBack(_ amount: Fen, of owner: UInt64, _ time: Moment) {
        guard time < end else { return }
        let column: WritableKeyPath<Sums, Fen> = time < start ? \.opening : \.otherCredits
        sums[owner, default: Sums()][keyPath: column] += amount
    }

    /// Adds what another thread counted.
    func add(_ other: AccountYears) {
        if sums.isEmpty {
            sums = other.sums
            return
        }
        for (owner, sum) in other.sums { sums[owner, default: Sums()] += sum }
    }

    func add(_ entry: SettlementEntry, _ time: Moment) {
        for index in 0..<entry.accountCount where entry.accounts[index].paid != 0 {
            add(-entry.accounts[index].paid, of: entry.accounts[index].owner, time, \.settled)
        }
    }

    func add(_ reversal: ReversalEntry, _ time: Moment) {
        for account in reversal.accounts { add(account.paid, of: account.owner, time, \.givenBack) }
    }

    func add(_ adjustment: AdjustmentEntry, _ time: Moment) {
        for account in adjustment.accounts { add(account.paid, of: account.owner, time, \.givenBack) }
    }

    /// When a movement counts: a monthly credit in the month that is credited, everything else on the day it was
    /// recorded (I-43).
    private static func time(of event: AccountEvent, recorded: Moment) -> Moment {
        guard case .monthlyCredit(let month, _) = event.movement else { return recorded }
        return Moment(startOf: month.firstDay)
    }

    func add(_ event: AccountEvent, _ time: Moment) {
        if case .takenBack = event.movement { return takeBack(event.amount, of: event.owner, time) }
        let column: WritableKeyPath<Sums, Fen> =
            switch event.movement {
            case .monthlyCredit: \.credits
            case .credit, .refund, .transferredIn, .inherited: \.otherCredits
            case .use, .takenBack: \.otherUses
            case .transferredOut, .bequeathed, .deregistered: \.paidOut
            }
        add(event.amount, of: event.owner, Self.time(of: event, recorded: time), column)
    }

    /// The events of a row of accounts.
    static func events(of row: JournalScan.Row) throws -> [AccountEvent] {
        var reader = ByteReader(row.bytes)
        _ = try reader.byte()
        return try (0..<(try reader.count(upTo: row.bytes.count))).map { _ in try AccountEvent(from: &reader) }
    }

    static let name = "accounts"
    static func path(_ folder: String) -> String { "\(folder)/\(name)" }

    /// Writes one row an account, by its owner's number.
    ///
    /// - Parameter personNo: the owner's number at the platform; nil: rows have no such cell.
    func write(
        to folder: String, personNo: (UInt64) -> String?
    ) throws(RunProblem) -> (AccountTotals, FileChecksum) {
        var totals = AccountTotals()
        let writer = try AtomicFileWriter(Self.path(folder))
        for owner in sums.keys.sorted() {
            guard let sum = sums[owner] else { continue }
            let closing =
                sum.opening + sum.credits + sum.otherCredits + sum.givenBack - sum.settled - sum.otherUses
                - sum.paidOut
            totals.accounts += 1
            totals.opening += sum.opening
            totals.credits += sum.credits
            totals.otherCredits += sum.otherCredits
            totals.settled += sum.settled
            totals.givenBack += sum.givenBack
            totals.otherUses += sum.otherUses
            totals.paidOut += sum.paidOut
            totals.closing += closing
            var row = CSVLine()
            row.add(person: owner)
            for amount in [
                sum.opening, sum.credits, sum.otherCredits, sum.settled, sum.givenBack, sum.otherUses, sum.paidOut,
                closing,
            ] {
                row.add(yuan: amount)
            }
            row.add(personNo: personNo(owner))
            row.end(to: writer)
            try writer.flushIfFull()
        }
        return (totals, try writer.finish(isDurable: false))
    }
}
