import Dispatch
import LedgerFormat

extension SortedRunIndex {
    /// Freezes all confirmed entries and queues them to be written as a run, even an empty one, so that `through`
    /// reaches the last confirmed block. Does nothing while `frozenMax` tables wait.
    package func freeze() {
        let last = frozen.last?.through ?? through
        guard confirmed.block > last, frozen.count < settings.frozenMax, damage == nil else { return }
        let table = active
        // Entries of blocks not yet durable stay in memory.
        let next = MemoryTable(
            capacity: settings.tableEntries + settings.tableEntries / 16 + 1024, hasBuckets: kind == .ids)
        for index in confirmedCount..<table.count { next.insert(table.entries[index]) }
        table.truncate(to: confirmedCount)
        active = next
        for index in unconfirmed.indices { unconfirmed[index].count -= confirmedCount }
        sealedCount -= confirmedCount
        confirmedCount = 0
        frozen.append(FrozenTable(table: table, through: confirmed.block))
        let facts = RunFacts(
            kind: kind, number: 0, entries: UInt64(table.count), from: last, through: confirmed.block,
            mark: confirmed.mark, bloomBitsPerEntry: settings.bloomBitsPerEntry)
        worker.write(table, as: facts, generation: generation)
    }

    /// Takes over the results of the background queues.
    package func takeIn() {
        for (letter, generation) in worker.takeLetters() where generation == self.generation {
            switch letter {
            case .written(let run):
                frozen.removeFirst()
                runs.append(run)
                writeTrouble = nil
                considerMerge()
            case .merged(let run, let replaced):
                guard let index = runs.firstIndex(where: { $0.facts.number == replaced.first }) else { continue }
                runs.replaceSubrange(index..<index + replaced.count, with: [run])
                isMerging = false
                considerMerge()
            case .damaged(let trouble):
                damage = trouble
                isMerging = false
            case .mergeFailed(let trouble):
                // The merge is retried when the next run is written.
                isMerging = false
                tell(trouble)
            case .writeFailed(let trouble): tell(trouble)
            }
        }
        takeBlooms()
    }

    private func tell(_ trouble: DerivedFailure) {
        writeTrouble = trouble
        observer(
            LedgerIncident(
                .indexNotWritten,
                "a part of an index cannot be written (\(trouble)): it stays in memory, and is tried "
                    + "again"))
    }

    func takeBlooms() { blooms = runs.map(\.bloom) }

    func considerMerge() {
        guard !isMerging, damage == nil, let choice = settings.mergeChoice(runs.map(\.facts.entries)) else { return }
        isMerging = true
        worker.merge(Array(runs[choice]), generation: generation)
    }

    /// Waits until `hasRoom`; false: timeout (the disk is full or failed, see `writeTrouble`).
    package func waitForRoom(milliseconds: Int = 60_000) -> Bool {
        wait(milliseconds: milliseconds) { hasRoom }
    }

    /// Waits until every confirmed entry is in a run file; false: timeout.
    package func flush(milliseconds: Int = 60_000) -> Bool {
        wait(milliseconds: milliseconds) {
            freeze()
            return through == confirmed.block
        }
    }

    /// Waits until no merge is running; false: timeout.
    package func settleMerges(milliseconds: Int = 600_000) -> Bool {
        wait(milliseconds: milliseconds) { !isMerging }
    }

    private func wait(milliseconds: Int, until isDone: () -> Bool) -> Bool {
        takeIn()
        let end = DispatchTime.now() + .milliseconds(milliseconds)
        while !isDone() {
            if DispatchTime.now() >= end || damage != nil { return false }
            worker.waitForLetter(until: end)
            takeIn()
            if confirmedCount >= settings.tableEntries { freeze() }
        }
        return true
    }

    /// Drops all entries, also on disk; the journal must then be replayed from its beginning.
    package func reset() { drop(keeping: 0) }

    /// Drops the damaged run and all newer ones; the blocks after the returned one must be inserted, sealed and
    /// confirmed again. Reads every page of the kept runs.
    package func repair() -> UInt64 {
        var kept = 0
        for run in runs {
            do { try run.verify() } catch { break }
            kept += 1
        }
        drop(keeping: kept)
        return through
    }

    private func drop(keeping kept: Int) {
        worker.keeper.drop(kind, keeping: kept)
        generation = worker.keeper.generation(kind)
        runs.removeLast(runs.count - kept)
        frozen = []
        active = MemoryTable(
            capacity: settings.tableEntries + settings.tableEntries / 16 + 1024, hasBuckets: kind == .ids)
        unconfirmed = []
        confirmedCount = 0
        sealedCount = 0
        isMerging = false
        damage = nil
        sealed = through
        confirmed = (sealed, runs.last?.facts.mark ?? 0)
        takeIn()
        considerMerge()
    }
}
