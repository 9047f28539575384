import Foundation
import Ledger
import Policy
import RPC
import Registry
import Settlement
import Synchronization
import WireMessages
import YearEnd

/// Where the year's end of a server reads and writes.
package struct YearEndPlace: Sendable {
    /// Runs have their folders in it.
    package var folder: String
    /// Opens the journal for reading beside the one who writes it.
    package var open: @Sendable () throws -> any LedgerStore

    package init(folder: String, open: @escaping @Sendable () throws -> any LedgerStore) {
        self.folder = folder
        self.open = open
    }
}

/// `YearEndService`: start, progress, result. On the sequencer only; the reading has a thread of its own.
final class YearEndMethods: @unchecked Sendable {
    // Safe to share: handlers run on the sequencer; what the reading's thread tells is behind `YearEndJob`'s mutex.

    private static let nameBytesMax = 64

    private let desk: LedgerDesk
    private let place: YearEndPlace
    private var job: YearEndJob?

    init(desk: LedgerDesk, place: YearEndPlace) {
        self.desk = desk
        self.place = place
    }

    func handlers() -> [(name: String, handler: Method.Handler)] {
        [("Start", start), ("GetProgress", progress), ("GetResult", result)]
    }

    private func start(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__start_year_end_request__unpack)?.pointee else {
            return unreadable("StartYearEndRequest", context)
        }
        do throws(DomainRefusal) {
            let name = try Self.name(request.name)
            let options = try Self.options(request)
            if let job, job.isBusy {
                guard job.name == name else {
                    throw DomainRefusal(
                        .recordConflict, "name", name, rule: "YE-7",
                        "the run '\(job.name)' is at work: ask for its progress until it is done")
                }
                return answer(job, &reply)
            }
            let job = YearEndJob(name: name, isDryRun: request.dry_run != 0)
            self.job = job
            job.start(
                folder: place.folder + "/" + name, options, desk.ledger.library, open: place.open,
                regions: desk.ledger.library.packs.map(\.region))
            return answer(job, &reply)
        } catch {
            return CallStatus(error)
        }
    }

    private static func name(_ text: UnsafePointer<CChar>?) throws(DomainRefusal) -> String {
        let name = text.map { String(cString: $0) } ?? ""
        let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard isPlain, (1...nameBytesMax).contains(name.utf8.count) else {
            throw DomainRefusal(
                .factInvalid, "name", "", "a run's name has 1 … \(nameBytesMax) of a-z, 0-9 and -")
        }
        return name
    }

    private static func options(_ request: Jiesuan__V1__StartYearEndRequest) throws(DomainRefusal) -> YearOptions {
        guard (1900...2999).contains(request.year) else {
            throw DomainRefusal(.dateInvalid, "year", "\(request.year)", "not a year of 1900 to 2999; correct it")
        }
        var options = YearOptions(year: request.year)
        options.isAudit = request.audit != 0
        guard request.disposable_income >= 0 else {
            throw DomainRefusal(
                .amountOutOfRange, "disposable_income", "\(request.disposable_income)", rule: "G-1", "0 or more fen")
        }
        if request.disposable_income > 0 { options.disposableIncome = request.disposable_income }
        for index in 0..<request.n_surplus {
            guard let item = request.surplus?[index]?.pointee, let region = item.region.map({ String(cString: $0) })
            else { continue }
            options.surplus[region] = item.surplus
        }
        return options
    }

    private func progress(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        find(message, context) { job in
            job.postGroup(to: desk.ledger)
            return answer(job, &reply)
        }
    }

    private func result(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        find(message, context) { job in
            guard let json = job.status.json, job.status.stage == .done else {
                return CallStatus(
                    DomainRefusal(
                        .wrongStep, "name", job.name, rule: "YE-7", "the run is not done: ask for its progress"))
            }
            guard let room = reply.reserve(json.count + 16) else { return reply.tooLarge }
            var writer = BackwardWriter(room)
            json.withUnsafeBytes { writer.bytes(1, $0) }
            reply.commit(writer.finish())
            return .ok
        }
    }

    private func find(
        _ message: UnsafeRawBufferPointer, _ context: WorkerContext, _ body: (YearEndJob) -> CallStatus
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__year_end_request__unpack)?.pointee else {
            return unreadable("YearEndRequest", context)
        }
        do throws(DomainRefusal) {
            let name = try Self.name(request.name)
            guard let job, job.name == name else {
                throw DomainRefusal(
                    .recordUnknown, "name", name, rule: "YE-7",
                    "no run of this name was started since the server began: start it")
            }
            return body(job)
        } catch {
            return CallStatus(error)
        }
    }

    private func answer(_ job: YearEndJob, _ reply: inout ReplyWriter) -> CallStatus {
        let status = job.status
        guard let room = reply.reserve(status.message.utf8.count + status.step.utf8.count + 128) else {
            return reply.tooLarge
        }
        var writer = BackwardWriter(room)
        writer.text(8, status.message)
        writer.field(7, Int64(status.posting.movedOn))
        writer.field(6, Int64(status.posting.duplicates))
        writer.field(5, Int64(status.posting.posted))
        writer.field(4, Int64(status.done))
        writer.field(3, Int64(status.share * 10_000))
        writer.text(2, status.step)
        writer.field(1, Int64(status.stage.rawValue))
        reply.commit(writer.finish())
        return .ok
    }
}

/// One run on a server: read by a thread of its own, posted by the sequencer.
final class YearEndJob: @unchecked Sendable {
    // Unchecked: `posting` is the reading thread's until it says `posting`, and the sequencer's from then on.

    enum Stage: UInt8 {
        case reading = 1
        case posting, done, failed
    }

    struct Status {
        var stage = Stage.reading
        var step = ""
        var share = 0.0
        var done = 0
        var posting = PostingResult()
        var message = ""
        var json: [UInt8]?
    }

    let name: String
    private let isDryRun: Bool
    private let state = Mutex(Status())
    private var posting: YearPosting?
    private var adjustments = 0

    init(name: String, isDryRun: Bool) {
        self.name = name
        self.isDryRun = isDryRun
    }

    var status: Status { state.withLock { $0 } }
    var isBusy: Bool { [.reading, .posting].contains(status.stage) }

    /// Reads with one thread, so that settling keeps the other cores.
    func start(
        folder: String, _ options: YearOptions, _ library: PolicyLibrary,
        open: @escaping @Sendable () throws -> any LedgerStore, regions: [String]
    ) {
        let thread = Thread { [self] in
            do {
                // The run's folder is free again before anybody is told that the reading is done: whoever starts the
                // same run at once would find it locked.
                try read(folder: folder, options, library, open: open, regions: regions)
                state.withLock { status in
                    status.stage = isDryRun ? .done : .posting
                    status.step = isDryRun ? "done" : "posting"
                    status.share = isDryRun ? 1 : 0
                    status.done = 0
                }
            } catch {
                fail("\(error)")
            }
        }
        thread.name = "year-end"
        thread.qualityOfService = .utility
        thread.start()
    }

    private func read(
        folder: String, _ options: YearOptions, _ library: PolicyLibrary, open: () throws -> any LedgerStore,
        regions: [String]
    ) throws {
        let run = try YearRun(ledger: try open(), library, options, asKnownOn: nil, folder: folder)
        let result = try run.run(workers: 1) { [self] progress in
            state.withLock { status in
                status.step = progress.stage.rawValue
                status.share = progress.share
                status.done = progress.done
            }
        }
        let json = try RunJSON.encode(result)
        if !isDryRun {
            posting = try YearPosting(run.postsPath, regions: regions, readThrough: run.end ?? 0)
            adjustments = result.adjustments.count
        }
        state.withLock { $0.json = json }
    }

    private func fail(_ message: String) {
        state.withLock { status in
            status.stage = .failed
            status.message = message
        }
    }

    /// Posts one group where the run is at that; on the sequencer.
    func postGroup(to ledger: Ledger) {
        guard status.stage == .posting, let posting else { return }
        do {
            let hasMore = try posting.readGroup()
            if hasMore { try posting.postGroup(to: ledger) }
            state.withLock { status in
                status.posting = posting.result
                status.done = posting.result.all
                status.share = adjustments == 0 ? 1 : Double(posting.result.all) / Double(adjustments)
                if !hasMore {
                    status.stage = .done
                    status.step = "done"
                    status.share = 1
                }
            }
        } catch let refusal as DomainRefusal {
            fail(refusal.line)
        } catch {
            fail("\(error)")
        }
    }
}
