import Glibc

/// Inspects a folder of derived files and finds the usable ones.
struct DerivedOpening {
    /// Retries of a reader while a writer replaces files.
    private static let attempts = 20
    private static let pauseMicroseconds: UInt32 = 10_000

    let disk: IndexDisk
    let identity: UInt64
    let journal: DerivedFiles.Journal

    /// The usable files, and the reasons against the others.
    struct Result {
        var manifest: Manifest
        var runs: [IndexKind: [SortedRun]] = [:]
        var visits = VisitOpening()
        var findings: [DerivedFailure] = []
        /// Files named by the manifest and not used.
        var unused: [String] = []
        /// Whether a named file is missing: replaced by a writer, or lost.
        var isMissingSome = false
        /// Whether the manifest on disk was readable and is this ledger's.
        var hasManifest = false
    }

    /// Opens for the writer, while no other process changes the files.
    func open() -> Result {
        do throws(DerivedFailure) {
            guard let manifest = try Manifest.read(from: disk) else {
                return Result(manifest: Manifest(identity: identity))
            }
            guard manifest.identity == identity else {
                throw DerivedFailure(file: Manifest.file, reason: "belongs to another ledger")
            }
            return open(manifest)
        } catch {
            return Result(manifest: Manifest(identity: identity), findings: [error])
        }
    }

    /// Opens for a reader, with retries while files are replaced.
    func openPatiently() -> Result {
        var result = open()
        for _ in 1..<Self.attempts where result.isMissingSome {
            usleep(Self.pauseMicroseconds)
            result = open()
        }
        return result
    }

    private func open(_ manifest: Manifest) -> Result {
        var result = Result(manifest: manifest, hasManifest: true)
        // Read after the manifest, so that everything named in it is durable.
        let last = journal.last()
        for kind in IndexKind.allCases {
            let named = manifest.runs(of: kind)
            var runs: [SortedRun] = []
            for facts in named {
                do throws(DerivedFailure) {
                    try check(facts.file, facts.through, facts.mark, last)
                    guard let run = try SortedRun.open(facts, identity: identity, disk: disk) else {
                        result.isMissingSome = true
                        throw DerivedFailure(file: facts.file, reason: "is missing")
                    }
                    runs.append(run)
                } catch {
                    result.findings.append(error)
                    break
                }
            }
            // Runs after an unusable one are dropped: the replay begins where the usable ones end.
            result.unused += named.dropFirst(runs.count).map(\.file)
            let kept = Set(runs.map(\.facts.number))
            result.manifest.runs.removeAll { $0.kind == kind && !kept.contains($0.number) }
            result.runs[kind] = runs
        }
        if let facts = manifest.visits {
            do throws(DerivedFailure) {
                result.visits = try open(facts, last, &result)
            } catch {
                result.findings.append(error)
                result.manifest.visits = nil
                if let file = facts.file { result.unused.append(file) }
            }
        }
        if let facts = manifest.snapshot, !isUsable(facts, last, &result) {
            result.manifest.snapshot = nil
            result.unused.append(facts.file)
        }
        return result
    }

    private func open(
        _ facts: VisitFacts, _ last: UInt64, _ result: inout Result
    ) throws(DerivedFailure) -> VisitOpening {
        guard let name = facts.file else {
            // An empty file of visits is always usable.
            let isOfThisJournal = facts.through <= last && journal.mark(facts.through) == facts.mark
            if !isOfThisJournal { result.manifest.visits = nil }
            return VisitOpening(facts: isOfThisJournal ? facts : nil)
        }
        try check(name, facts.through, facts.mark, last)
        guard let found = try VisitFile.open(facts, identity: identity, disk: disk) else {
            result.isMissingSome = true
            throw DerivedFailure(file: name, reason: "is missing")
        }
        return VisitOpening(facts: facts, file: found.file, heads: found.heads)
    }

    private func check(_ file: String, _ block: UInt64, _ mark: UInt64, _ last: UInt64) throws(DerivedFailure) {
        guard block <= last else {
            throw DerivedFailure(file: file, reason: "goes to block \(block), the journal only to \(last)")
        }
        guard journal.mark(block) == mark else {
            throw DerivedFailure(file: file, reason: "block \(block) is another in this journal")
        }
    }

    private func isUsable(_ facts: SnapshotFacts, _ last: UInt64, _ result: inout Result) -> Bool {
        do throws(DerivedFailure) {
            try check(facts.file, facts.marked, facts.mark, last)
            guard let reader = try SnapshotReader.open(facts, identity: identity, disk: disk) else {
                result.isMissingSome = true
                throw DerivedFailure(file: facts.file, reason: "is missing")
            }
            while try reader.next() != nil {}
            return true
        } catch {
            result.findings.append(error)
            return false
        }
    }
}
