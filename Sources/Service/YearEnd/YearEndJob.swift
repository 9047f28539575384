import Foundation
import Ledger
import Policy
import RPC
import Records
import Registry
import Settlement
import Synchronization
import YearEnd

/// One year-end run of a server. Its own thread reads the ledger, then posts in groups on the sequencer between the
/// clients' requests, whether or not anybody asks for progress.
final class YearEndJob: @unchecked Sendable {
    // Safe to share: what changes is behind the mutex; the ledger is touched on the sequencer only.

    struct Status: Sendable {
        var record: RunRecord
        /// The stage of the reading.
        var step = ""
        /// 0 … 1 of the stage.
        var share = 0.0
        /// Rows, persons or adjustments of the stage.
        var done = 0
    }

    /// Seconds until a store that did not take a group is tried again.
    private static let retrySeconds = 5.0

    let folder: String
    private let environment: YearEndEnvironment
    private let ledger: Ledger
    private let library: PolicyLibrary
    private let state: Mutex<Status>
    private let stopping = RunStop()

    /// - Parameter folder: the run's.
    init(
        _ record: RunRecord, folder: String, _ environment: YearEndEnvironment, _ ledger: Ledger,
        _ library: PolicyLibrary
    ) {
        self.folder = folder
        self.environment = environment
        self.ledger = ledger
        self.library = library
        state = Mutex(Status(record: record))
    }

    var status: Status { state.withLock(\.self) }
    var isBusy: Bool { status.record.stage.isUnderWay }

    /// Starts the run on one thread of low priority, so that settling keeps the cores.
    ///
    /// - Throws: where the run's folder cannot be written.
    func start() throws {
        try status.record.write(folder)
        let thread = Thread { [self] in work() }
        thread.name = "year-end"
        thread.qualityOfService = .utility
        thread.start()
    }

    /// Asks it to stop: within a group of adjustments, or at the next step of its reading.
    func stop() { stopping.ask() }

    // MARK: On the run's thread

    private func work() {
        // The threads that it starts do likewise.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Limits.readerNiceness)
        do {
            let adjustments = try read()
            if !status.record.isDryRun {
                try move(to: .posting)
                try post(adjustments)
            }
            try move(to: .done)
        } catch is RunStopped {
            end(.stopped, "stopped; what was posted stays, and Resume takes it up")
        } catch is SequencerLane.Closed {
            // The server ends: the record keeps the stage, and the next start resumes from it.
        } catch let refusal as DomainRefusal {
            end(.failed, refusal.line)
        } catch {
            end(.failed, "\(error)")
        }
    }

    /// Reads and settles, where that is not done yet, and gives the number of entries to be booked.
    private func read() throws -> Int {
        // Released here: the run's folder is unlocked before the reading is reported as done.
        let run = try YearRun(
            ledger: try environment.open(), library, status.record.options, asKnownOn: nil, folder: folder)
        let result = try run.run(workers: 1, stop: stopping) { [self] progress in
            state.withLock { status in
                status.step = progress.stage.rawValue
                status.share = progress.share
                status.done = progress.done
            }
        }
        _ = try RunFiles.list(folder)
        end = run.end ?? 0
        postsPath = run.postsPath
        return result.posts
    }

    /// The entries to post; used by the run's thread only.
    private var end: UInt64 = 0
    private var postsPath = ""

    /// Posts everything. While the store takes nothing it waits and starts over; posting is idempotent.
    private func post(_ adjustments: Int) throws {
        while true {
            let posting = try YearPosting(postsPath, regions: library.packs.map(\.region), readThrough: end)
            guard let trouble = try postGroups(posting, adjustments) else { return }
            state.withLock { $0.step = "waiting for the store: \(trouble)" }
            let until = Date().addingTimeInterval(Self.retrySeconds)
            while Date() < until {
                try stopping.check()
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    /// Posts group by group; why the store did not take one, nil where it took all.
    private func postGroups(_ posting: YearPosting, _ adjustments: Int) throws -> String? {
        while try posting.readGroup() {
            try stopping.check()
            let refusal = Mutex<DomainRefusal?>(nil)
            // Handed to the sequencer and back: one thread at a time has them.
            nonisolated(unsafe) let (group, ledger) = (posting, ledger)
            let origin = status.record.origin
            let failure = try environment.lane.perform {
                ledger.origin = origin
                defer { ledger.origin = nil }
                do throws(DomainRefusal) {
                    try ledger.ready()
                    try group.postGroup(to: ledger)
                } catch { refusal.withLock { $0 = error } }
            }
            if let failure { return failure.text }
            if let refusal = refusal.withLock({ $0 }) {
                guard refusal.code == .storeUnavailable || refusal.code == .notConfirmed else { throw refusal }
                return refusal.message
            }
            state.withLock { status in
                status.record.posting = posting.result
                status.step = "posting"
                status.done = posting.result.all
                status.share = adjustments == 0 ? 1 : Double(posting.result.all) / Double(adjustments)
            }
        }
        return nil
    }

    private func move(to stage: RunRecord.Stage) throws {
        var record = status.record
        record.stage = stage
        record.message = ""
        record.changedAt = YearEndRuns.now()
        // The record is written first: a client that sees the run done may start it again at once.
        try record.write(folder)
        state.withLock { status in
            status.record = record
            status.step = stage.rawValue
            status.share = stage == .done ? 1 : 0
            if stage == .posting { status.done = 0 }
        }
    }

    private func end(_ stage: RunRecord.Stage, _ message: String) {
        let record = state.withLock { status in
            var record = status.record
            record.stage = stage
            record.message = message
            record.changedAt = YearEndRuns.now()
            return record
        }
        // The record is written first: a client that sees the run ended may resume it at once. If it cannot be written,
        // the folder still says that the run was under way, and the next start resumes it.
        try? record.write(folder)
        state.withLock { $0.record = record }
    }
}
