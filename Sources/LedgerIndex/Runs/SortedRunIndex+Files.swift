import Dispatch
import LedgerFormat

extension SortedRunIndex {
    /// Hands all confirmed entries to the background to be written as a run, also where they are none: `through`
    /// comes to the last confirmed block once it is written. Does nothing where `frozenMax` tables wait already.
    package func freeze() {
        let last = frozen.last?.through ?? through
        guard confirmed.block > last, frozen.count < settings.frozenMax, damage == nil else { return }
        let table = active
        // A block that is not durable stays in memory.
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

    /// Takes in what the background made.
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
                // Tried again when the next run is written.
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

    /// Waits until there is room again; false: there is none after this time (the disk is full or dead,
    /// `writeTrouble`).
    package func waitForRoom(milliseconds: Int = 60_000) -> Bool {
        wait(milliseconds: milliseconds) { hasRoom }
    }

    /// Waits until every confirmed entry is in a run file; false: it took longer than this.
    package func flush(milliseconds: Int = 60_000) -> Bool {
        wait(milliseconds: milliseconds) {
            freeze()
            return through == confirmed.block
        }
    }

    /// Waits until nothing is being merged; false: it took longer than this.
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

    /// Throws everything away, also on disk; the journal has to be replayed from its beginning.
    package func reset() { drop(keeping: 0) }

    /// Throws away the damaged run and all that is newer; the blocks after the one returned have to be inserted,
    /// sealed and confirmed again. Reads every page of the runs that are kept.
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
