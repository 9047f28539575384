import Dispatch
import Foundation
import Ledger
import LedgerIndex
import LedgerStore
import Policy
import Population
import Settlement
import Synchronization

/// One run of the year's end: YE-1 … YE-7 over a ledger or over files, into a folder.
///
/// Reads only; `YearPosting` posts the results afterwards. Stopped anywhere and run again over the same folder it
/// resumes; the results are the same bytes for any number of restarts and workers.
package final class YearRun {
    /// Memory that all workers' sorts take together.
    private static let sortBytes = 64 << 20

    private let source: any YearSource
    private let folder: RunFolder
    private let options: YearOptions
    private let manifest: RunManifest
    private let isLedger: Bool
    /// Number of the run: follows from what it is over and what it was asked.
    package let number: UInt64

    /// A run over a ledger, read up to the last block that is there now, or that the folder's run began with.
    ///
    /// - Parameter day: reads only what was recorded by the end of this day (`--as-known-on`).
    package convenience init(
        ledger store: any LedgerStore, _ library: PolicyLibrary, _ options: YearOptions, asKnownOn day: CalendarDate?,
        folder path: String
    ) throws {
        let folder = try RunFolder(path)
        let end: UInt64
        if let found = try folder.manifest()?.input["end"], let number = UInt64(found) {
            end = number
        } else if let day {
            end = try JournalScan.lastBlock(of: store, through: day)
        } else {
            end = try store.lastSequence()
        }
        let source = try LedgerSource(store, library, year: options.year, end: end)
        try self.init(source, library, options, folder, isLedger: true)
    }

    /// A run over a claims file and, where there is one, a persons file with the final facts.
    package convenience init(
        claims: String, persons: String?, _ library: PolicyLibrary, _ options: YearOptions, folder path: String
    ) throws {
        let source = try ClaimFileSource(claims: claims, persons: persons, library, year: options.year)
        try self.init(source, library, options, try RunFolder(path), isLedger: false)
    }

    private init(
        _ source: any YearSource, _ library: PolicyLibrary, _ options: YearOptions, _ folder: RunFolder, isLedger: Bool
    ) throws {
        self.source = source
        self.options = options
        self.folder = folder
        self.isLedger = isLedger
        try Self.check(options, library)
        var policies: [String: String] = [:]
        for pack in library.packs { policies[pack.region] = pack.digest }
        manifest = RunManifest(options: options, input: try source.fingerprint(), policies: policies)
        number = try RunFolder.encode(manifest).withUnsafeBytes { sipHash128($0, key: (0, 0)).high }
        try folder.begin(manifest)
    }

    private static func check(_ options: YearOptions, _ library: PolicyLibrary) throws(RunProblem) {
        for (region, surplus) in options.surplus {
            guard let pack = library[region] else { throw RunProblem("--surplus: no policy pack of '\(region)'") }
            guard pack.secondRound != nil, surplus >= 0 else {
                throw RunProblem("--surplus \(region): its pack has no second round (SY-4), or the amount is below 0")
            }
        }
    }

    /// The last block that is read; nil: the claims come from files.
    package var end: UInt64? { manifest.input["end"].flatMap { UInt64($0) } }
    package var postsPath: String { folder.file("posts.bin") }
    package var path: String { folder.path }

    /// Runs what is left to do.
    ///
    /// - Parameters:
    ///   - workers: threads; the results do not depend on it.
    ///   - stop: for whoever wants it to end early, with `RunStopped`.
    package func run(
        workers: Int, stop: RunStop = RunStop(), progress: @escaping @Sendable (YearProgress) -> Void
    ) throws -> YearResult {
        if let bytes = try FileBytes.read(folder.file("result.json")) {
            return try RunFolder.decode(bytes, folder.file("result.json"))
        }
        try source.loadFacts { progress(YearProgress(.facts, done: 0, share: $0)) }
        try checkInstitutions()
        try checkSurplus()
        try stop.check()
        let collected = try collect(progress)
        try stop.check()
        var sums = try settle(workers: max(1, workers), parts: collected.parts, stop, progress)
        sums.add(collected.uses)
        progress(YearProgress(.secondRound, done: sums.persons, share: 0))
        var rounds: [SecondRoundResult] = []
        var roundPosts: [String] = []
        var roundOwed: [String] = []
        for (index, region) in source.packs.regions.enumerated() {
            let name = region.pack.region
            guard let surplus = options.surplus[name], let fund = region.secondRoundFund else { continue }
            let round = SecondRoundFile(
                folder: folder.work, regionIndex: index, region: region, fund: fund, surplus: surplus,
                unpaid: sums.unpaid[index], year: options.year, run: number, headings: options.headings ?? .english,
                text: source.text(ofPerson:), personNoColumn: source.personNoColumn,
                personNo: { [source] in source.personNo(of: $0, in: name) })
            let (result, booked, posts) = try round.write(to: folder.file("second-round-\(name).csv"))
            rounds.append(result)
            roundPosts.append(round.postsPath)
            roundOwed.append(round.owedPath)
            sums.regions[index].add(booked, fund: fund, isNew: true)
            // What a round takes off what its settlement is to pay back.
            sums.regions[index].recoveries.due += booked.recoverable
            sums.regions[index].recoveries.net = max(0, sums.regions[index].recoveries.net + booked.recoverable)
            sums.posts += posts
        }
        progress(YearProgress(.results, done: sums.persons, share: 0))
        let proof = try YearProof.prove(sums, source.packs.regions, rounds, collected.accounts)
        let report = YearReport(source, options, folder, isLedger: isLedger)
        var result = YearResult(
            year: options.year, options: options, source: isLedger ? "ledger" : "files", input: manifest.input,
            policies: manifest.policies)
        result.proof = proof
        result.secondRounds = rounds
        try report.write(sums, collected, roundPosts: roundPosts, roundOwed: roundOwed, into: &result)
        try YearHTML.write(&result, into: folder)
        try FileBytes.write(folder.file("result.json"), try RunFolder.encode(result))
        folder.removeWork()
        return result
    }

    /// A code that no institution has would be dropped without a word.
    private func checkInstitutions() throws(RunProblem) {
        let unknown = options.institutionTotals.keys.filter { !source.knows($0) }.sorted()
        guard !unknown.isEmpty else { return }
        throw RunProblem(
            "--institution-totals names \(unknown.prefix(10).joined(separator: ", ")), which "
                + (isLedger ? "the register does not have" : "a claims file cannot name: it has levels, \"level 3\"")
                + "; correct the code, or remove the row")
    }

    /// SY-4: the surplus is the whole year's, so it is not below what second rounds paid already.
    private func checkSurplus() throws {
        guard let paid = source.facts?.secondRoundPaid(in: options.year) else { return }
        for (index, region) in source.packs.regions.enumerated() {
            guard let surplus = options.surplus[region.pack.region] else { continue }
            let before = paid.filter { source.packs[$0.key]?.region == index }.values.reduce(0, +)
            guard surplus < before else { continue }
            folder.forget()
            throw RunProblem(
                "--surplus \(region.pack.region)=\(YuanText.text(surplus)): "
                    + "second rounds of \(options.year) paid \(YuanText.text(before)) "
                    + "yuan already (SY-4); give the whole year's surplus, or take entries back with "
                    + "'jiesuan reverse ID --round N'")
        }
    }

    // MARK: Stages

    private static let collectedName = "collected.json"

    private func collect(_ progress: (YearProgress) -> Void) throws -> Collected {
        if let done: Collected = try folder.finished(Self.collectedName), done.hasPersonNos == source.hasPersonNos,
            folder.areWhole(done.marks)
        {
            try source.takeUp(folder.work)
            return done
        }
        let problems = try AtomicFileWriter(folder.workFile("unreadable"))
        var collected = try source.collect(into: folder.work, problems) { done, share in
            progress(YearProgress(.collect, done: done, share: share))
        }
        collected.marks["unreadable"] = try problems.finish(isDurable: false)
        try folder.finish(Self.collectedName, collected)
        return collected
    }

    private func settle(
        workers: Int, parts: Int, _ stop: RunStop, _ progress: @escaping @Sendable (YearProgress) -> Void
    ) throws -> YearSums {
        let memoryBytes = max(8 << 20, Self.sortBytes / workers)
        let work = PartWork(
            source, options, folder, number, parts: parts, memoryBytes: memoryBytes, stop, progress)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in work.run() }
        if let failure = work.failure { throw failure }
        var sums = YearSums(source.packs.regions)
        for partition in 0..<Partition.count {
            guard let part: PartSums = try folder.finished(PartWork.name(partition)) else {
                throw RunProblem("partition \(partition) is not done; run again")
            }
            sums.add(part)
        }
        return sums
    }
}

/// The queue of unfinished partitions that all workers take from.
private final class PartWork: @unchecked Sendable {
    // Unchecked: the source is only read by now; what changes is behind the mutex.
    private struct State {
        var next = 0
        var failure: (any Error)?
        var persons = 0
        var done = 0
    }

    private let source: any YearSource
    private let options: YearOptions
    private let folder: RunFolder
    private let number: UInt64
    private let parts: Int
    private let memoryBytes: Int
    private let stop: RunStop
    private let progress: @Sendable (YearProgress) -> Void
    private let state = Mutex(State())

    init(
        _ source: any YearSource, _ options: YearOptions, _ folder: RunFolder, _ number: UInt64, parts: Int,
        memoryBytes: Int, _ stop: RunStop, _ progress: @escaping @Sendable (YearProgress) -> Void
    ) {
        self.source = source
        self.options = options
        self.folder = folder
        self.number = number
        self.parts = parts
        self.memoryBytes = memoryBytes
        self.stop = stop
        self.progress = progress
    }

    static func name(_ partition: Int) -> String { "part.\(Partition.name(partition)).json" }

    var failure: (any Error)? { state.withLock { $0.failure } }

    /// Persons between two reports of progress.
    private static let personsPerReport = 1_000

    func run() {
        while let partition = take() {
            do { try settle(partition) } catch {
                state.withLock { if $0.failure == nil { $0.failure = error } }
            }
            state.withLock { $0.done += 1 }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.failure == nil, state.next < Partition.count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    private func settle(_ partition: Int) throws {
        if let done: PartSums = try folder.finished(Self.name(partition)), done.hasPersonNos == source.hasPersonNos,
            folder.areWhole(done.marks)
        {
            return
        }
        let output = try PartOutput(folder: folder.work, partition: partition)
        let resettler = Resettler(source, options, run: number, output: output)
        let reader = SpoolReader(
            folder: folder.work, partition: partition, parts: parts, memoryBytes: memoryBytes)
        var persons = 0
        try reader.forEachPerson { group in
            try resettler.add(group)
            persons += 1
            if persons % Self.personsPerReport == 0 {
                report(Self.personsPerReport)
                try stop.check()
            }
        }
        report(persons % Self.personsPerReport)
        try stop.check()
        try folder.finish(Self.name(partition), try resettler.finish())
    }

    private func report(_ persons: Int) {
        let (all, done) = state.withLock { state in
            state.persons += persons
            return (state.persons, state.done)
        }
        progress(YearProgress(.settle, done: all, share: Double(done) / Double(Partition.count)))
    }
}
