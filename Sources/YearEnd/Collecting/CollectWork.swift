import Accounts
import Dispatch
import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Records
import Registry
import Settlement
import Synchronization

/// Distributes a year's rows of the journal to the partitions: one thread reads blocks, several decode them.
final class CollectWork: @unchecked Sendable {
    // Unchecked: what threads share is behind the condition.

    /// Blocks that wait to be decoded at most: some 64 KiB each.
    private static let waitingMax = 64

    private let year: Int32
    private let windows: [UInt64: Int32]
    private let folder: String
    private let parts: Int

    private let condition = NSCondition()
    private var waiting: [SealedBlock] = []
    private var isClosed = false
    private var failure: (any Error)?
    private var collected = Collected()
    private let accounts: AccountYears
    private let register: YearFacts
    private let packs: YearPacks
    private var uses: [UseKey: UseCell] = [:]
    private let count = Atomic<Int>(0)

    /// - Parameter windows: persons of whom earlier years count, too, in the window of a recognition (YT-7), with the
    ///   first of those years.
    init(
        year: Int32, windows: [UInt64: Int32], folder: String, parts: Int, _ register: YearFacts, _ packs: YearPacks
    ) {
        self.register = register
        self.packs = packs
        self.year = year
        self.windows = windows
        self.folder = folder
        self.parts = parts
        accounts = AccountYears(year: year)
        collected.parts = parts
    }

    /// Settlements of the year so far.
    var settlements: Int { count.load(ordering: .relaxed) }

    /// Collects what `read` hands over, block by block; a hand-over that returns false wants no more.
    func run(_ read: ((SealedBlock) -> Bool) throws(StoreFailure) -> Void) throws -> Collected {
        let group = DispatchGroup()
        for part in 0..<parts {
            DispatchQueue.global().async(group: group) { [self] in
                do { try Collector(self, part: part).run() } catch { fail(error) }
            }
        }
        do throws(StoreFailure) { try read { [self] block in put(block) } } catch { fail(error) }
        close()
        group.wait()
        if let failure { throw failure }
        let (totals, mark) = try accounts.write(to: folder) { register.personNo(of: $0, in: "") }
        collected.hasPersonNos = register.hasPersonNos ? true : nil
        collected.accounts = totals
        collected.marks[AccountYears.name] = mark
        collected.uses = uses.values.sorted {
            ($0.institution, $0.month, $0.region) < ($1.institution, $1.month, $1.region)
        }
        return collected
    }

    // MARK: The blocks between the threads

    private func put(_ block: SealedBlock) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while waiting.count >= Self.waitingMax, failure == nil { condition.wait() }
        guard failure == nil else { return false }
        waiting.append(block)
        condition.broadcast()
        return true
    }

    /// Nil: there are no more.
    private func take() -> SealedBlock? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isClosed, failure == nil { condition.wait() }
        guard failure == nil, !waiting.isEmpty else { return nil }
        condition.broadcast()
        return waiting.removeFirst()
    }

    private func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    private func fail(_ error: any Error) {
        condition.withLock {
            if failure == nil { failure = error }
            condition.broadcast()
        }
    }

    private func finish(_ part: Collected, _ sums: AccountYears, _ used: [UseKey: UseCell]) {
        condition.withLock {
            collected += part
            accounts.add(sums)
            uses.merge(used) { left, right in
                var sum = left
                sum += right
                return sum
            }
        }
    }

    private struct UseKey: Hashable {
        var institution: UInt32
        var month: Int32
        var region: Int
    }

    /// One thread's part.
    private final class Collector {
        private let work: CollectWork
        private let spool: SpoolWriter
        private let accounts: AccountYears
        private var uses: [UseKey: UseCell] = [:]
        private let entry = SettlementEntry()
        private let reversal = ReversalEntry()
        private var collected = Collected()

        init(_ work: CollectWork, part: Int) throws(RunProblem) {
            self.work = work
            spool = try SpoolWriter(folder: work.folder, part: part)
            accounts = AccountYears(year: work.year)
        }

        func run() throws {
            while let block = work.take() {
                let before = collected.settlements
                try JournalScan.forEachRow(of: block) { row in
                    do { try add(row) } catch is DamagedBytes {
                        throw RunProblem("number \(row.position.number) of the journal cannot be read")
                    }
                }
                work.count.add(collected.settlements - before, ordering: .relaxed)
            }
            collected.marks = try spool.finish()
            work.finish(collected, accounts, uses)
        }

        private func add(_ row: JournalScan.Row) throws {
            switch row.kind {
            case .settlement:
                try entry.read(row.bytes)
                accounts.add(entry, row.time)
                guard wants(entry.person, entry.year) else { return }
                if entry.year == work.year { collected.settlements += 1 }
                try put(.settlement, entry.person, row)
            case .reversal:
                try reversal.read(row.bytes)
                accounts.add(reversal, row.time)
                guard wants(reversal.person, reversal.year) else { return }
                if reversal.year == work.year { collected.reversals += 1 }
                try put(.reversal, reversal.person, row)
            case .adjustment:
                let adjustment = try AdjustmentEntry(row: row.bytes)
                accounts.add(adjustment, row.time)
                guard wants(adjustment.person, adjustment.year) else { return }
                if adjustment.year == work.year { collected.adjustments += 1 }
                try put(.adjustment, adjustment.person, row)
            case .accounts:
                for event in try AccountYears.events(of: row) {
                    accounts.add(event, row.time)
                    count(event, row.time)
                }
            case .secondRound:
                let payment = try SecondRoundPayment(row: row.bytes)
                if wants(payment.person, payment.year) { try put(.secondRound, payment.person, row) }
            case .recognitionPayment:
                let payment = try RecognitionPayment(row: row.bytes)
                if payment.year == work.year { try put(.recognition, payment.person, row) }
            case .recognition:
                // Of a ledger in which a payment was no entry of its own.
                guard let payment = try RecognitionPayment(earlier: row.bytes), payment.year == work.year else { break }
                try put(.recognition, payment.person, row)
            case .registry, .mark, .payment, .clock, .origin: break
            }
        }

        /// Account use at an institution, in the year and month in which it was recorded (I-43).
        private func count(_ event: AccountEvent, _ time: Moment) {
            let day = time.date
            guard day.year == work.year, let use = event.movement.atInstitution,
                let institution = work.register.registry.institutions.number(ofCode: use.institution)
            else { return }
            // Rows from before the region was kept: the one that the owner is registered in.
            let name = use.region.isEmpty ? work.register.registry.region(of: event.owner, on: day) : use.region
            guard let region = work.packs.regions.firstIndex(where: { $0.pack.region == name }) else { return }
            let key = UseKey(institution: institution, month: day.number / 100, region: region)
            var cell = UseCell(institution: institution, month: key.month, region: region)
            if use.isRefund { cell.refunds = 1 } else { cell.uses = 1 }
            cell.amount = -event.amount
            uses[key, default: UseCell(institution: institution, month: key.month, region: region)] += cell
        }

        /// Of the year, or of an earlier one where a recognition looks back at it (YT-7).
        private func wants(_ person: UInt64, _ year: Int32) -> Bool {
            if year == work.year { return true }
            guard year < work.year, !work.windows.isEmpty, let first = work.windows[person] else { return false }
            return year >= first
        }

        private func put(_ kind: SpoolKind, _ person: UInt64, _ row: JournalScan.Row) throws(RunProblem) {
            try spool.add(kind, person: person, position: row.position.number, time: row.time, row.bytes)
        }
    }
}
