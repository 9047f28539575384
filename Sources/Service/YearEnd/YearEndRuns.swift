import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Policy
import RPC
import Records
import Registry
import Settlement
import Synchronization
import YearEnd

/// The surroundings of a server's year-end runs: their folder, the ledger's journal and the sequencer's lane.
package struct YearEndEnvironment: Sendable {
    /// Runs have their folders in it.
    package var folder: String
    /// Posts on the sequencer.
    package var lane: SequencerLane
    /// Opens the journal for reading while the server writes it.
    package var open: @Sendable () throws -> any LedgerStore

    package init(folder: String, lane: SequencerLane, open: @escaping @Sendable () throws -> any LedgerStore) {
        self.folder = folder
        self.lane = lane
        self.open = open
    }
}

/// The year-end runs that a server keeps, each in a folder of its name; one is at work at a time (YE-7).
package final class YearEndRuns: @unchecked Sendable {
    // Safe to share: what changes is behind the mutex; the ledger is only handed on.

    /// Runs that are listed, the newest; older ones stay in the folder.
    static let listedMax = 1_000
    private static let nameBytesMax = 64

    private let environment: YearEndEnvironment
    private let ledger: Ledger
    private let regions: ServedRegions
    /// Runs that began since the server started.
    private let jobs = Mutex<[String: YearEndJob]>([:])

    package init(_ environment: YearEndEnvironment, _ access: LedgerAccess) {
        self.environment = environment
        ledger = access.ledger
        regions = access.regions
    }

    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Resumes the runs that were under way when the server ended; returns their names.
    package func resumeInterrupted() -> [String] {
        list().filter(\.record.stage.isUnderWay).compactMap { status in
            do throws(DomainRefusal) {
                _ = try resume(status.record.name, by: status.record.origin)
                return status.record.name
            } catch { return nil }
        }
    }

    /// Starts a run, or resumes the one of that name; it books in the name of `origin`.
    func start(
        _ name: String, _ options: YearOptions, isDryRun: Bool, by origin: RecordOrigin? = nil
    ) throws(DomainRefusal) -> YearEndJob.Status {
        try Self.check(name)
        return try begin(name, origin) { record throws(DomainRefusal) in
            guard let record, record.options == options || RunRecord.hasBegun(folder(name)) else {
                return RunRecord(name: name, options: options, isDryRun: isDryRun, at: Self.now())
            }
            guard record.options == options else {
                throw DomainRefusal(
                    .recordConflict, "name", name, rule: "YE-7",
                    "the run of this name was started with another year or other options: use another name, or Resume")
            }
            var again = record
            again.isDryRun = isDryRun
            return again
        }
    }

    /// Takes up a run as it was started; it goes on booking in the name of `origin`.
    func resume(_ name: String, by origin: RecordOrigin?) throws(DomainRefusal) -> YearEndJob.Status {
        try Self.check(name)
        return try begin(name, origin) { record throws(DomainRefusal) in
            guard let record else { throw Self.unknown(name) }
            return record
        }
    }

    /// Asks a run to stop.
    func stop(_ name: String) throws(DomainRefusal) -> YearEndJob.Status {
        try Self.check(name)
        if let job = jobs.withLock({ $0[name] }) {
            job.stop()
            return job.status
        }
        return try status(name)
    }

    func status(_ name: String) throws(DomainRefusal) -> YearEndJob.Status {
        try Self.check(name)
        if let job = jobs.withLock({ $0[name] }) { return job.status }
        guard let record = RunRecord.read(folder(name)), record.name == name else { throw Self.unknown(name) }
        guard record.stage.isUnderWay else {
            return YearEndJob.Status(record: record, step: record.stage.rawValue, share: record.stage == .done ? 1 : 0)
        }
        var interrupted = record
        interrupted.message = "interrupted by the end of a server; Resume takes it up"
        return YearEndJob.Status(record: interrupted, step: "interrupted")
    }

    /// The stage of the run that is at work, and how far it is, 0 … 1; nil: none is. May wait for a run that begins.
    var underWay: (stage: String, share: Double)? {
        jobs.withLock { jobs in
            jobs.values.lazy.map(\.status).first(where: \.record.stage.isUnderWay).map { ($0.step, $0.share) }
        }
    }

    /// The newest first.
    func list() -> [YearEndJob.Status] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: environment.folder)) ?? []
        return names.compactMap { try? status($0) }
            .sorted { ($1.record.startedAt, $0.record.name) < ($0.record.startedAt, $1.record.name) }
            .prefix(Self.listedMax).map(\.self)
    }

    /// The results of a run whose reading is complete and, if it posts, whose posting is done.
    func result(_ name: String) throws(DomainRefusal) -> [UInt8] {
        guard try status(name).record.stage == .done else {
            throw DomainRefusal(
                .wrongStep, "name", name, rule: "YE-7", "the run is not done: ask for its progress")
        }
        return try Self.reading(name) {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder(name) + "/result.json")))
        }
    }

    /// The files that a run left so far.
    func files(_ name: String) throws(DomainRefusal) -> [ResultFile] {
        _ = try status(name)
        return try Self.reading(name) { try RunFiles.list(folder(name)) }
    }

    /// A part of one of a run's files, and the size of the whole.
    func read(
        _ name: String, file: String, from offset: UInt64, atMost count: Int
    ) throws(DomainRefusal) -> (bytes: [UInt8], size: Int) {
        // Only what is listed is read: no name leads out of the run's folder.
        guard let found = try files(name).first(where: { $0.name == file }) else {
            throw DomainRefusal(
                .recordUnknown, "file", RunFiles.isPlain(file) ? file : "", rule: "YE-7",
                "the run has no file of this name: ListFiles names them")
        }
        guard offset <= UInt64(found.size) else {
            throw DomainRefusal(
                .factInvalid, "offset", "\(offset)", "the file has \(found.size) bytes; begin at 0")
        }
        let bytes = try Self.reading(name) {
            try RunFiles.read(
                folder(name) + "/" + file, from: Int(offset), atMost: min(count, found.size - Int(offset)))
        }
        return (bytes, found.size)
    }

    // MARK: Beginning

    /// Begins the run that `make` gives, from the record that is there; one that is at work is only looked at.
    private func begin(
        _ name: String, _ origin: RecordOrigin?, _ make: (RunRecord?) throws(DomainRefusal) -> RunRecord
    ) throws(DomainRefusal) -> YearEndJob.Status {
        let result: Result<YearEndJob.Status, DomainRefusal> = jobs.withLock { jobs in
            do throws(DomainRefusal) {
                if let busy = jobs.values.first(where: \.isBusy), busy.status.record.name != name {
                    throw DomainRefusal(
                        .recordConflict, "name", name, rule: "YE-7",
                        "the run '\(busy.status.record.name)' is at work: wait until it is done, or Stop it")
                }
                if let job = jobs[name], job.isBusy {
                    // Compared with what is asked now, and left as it is.
                    _ = try make(job.status.record)
                    return .success(job.status)
                }
                let found = RunRecord.read(folder(name))
                var record = try make(found?.name == name ? found : nil)
                record.stage = .reading
                record.message = ""
                record.origin = origin
                record.changedAt = Self.now()
                let job = YearEndJob(record, folder: folder(name), environment, ledger, regions.library)
                try Self.reading(name) { try job.start() }
                jobs[name] = job
                return .success(job.status)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func folder(_ name: String) -> String { environment.folder + "/" + name }

    private static func check(_ name: String) throws(DomainRefusal) {
        let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard isPlain, (1...nameBytesMax).contains(name.utf8.count) else {
            throw DomainRefusal(
                .factInvalid, "name", "", "a run's name has 1 … \(nameBytesMax) of a-z, 0-9 and -")
        }
    }

    private static func unknown(_ name: String) -> DomainRefusal {
        DomainRefusal(
            .recordUnknown, "name", name, rule: "YE-7", "the server keeps no run of this name: ListRuns names them")
    }

    private static func reading<Value>(_ name: String, _ body: () throws -> Value) throws(DomainRefusal) -> Value {
        do { return try body() } catch {
            throw DomainRefusal(.storeUnavailable, "name", name, rule: "YE-7", "the run's folder: \(error)")
        }
    }
}
