import Dispatch
import Glibc
import LedgerFormat
import Records
import Registry
import Synchronization

/// The background writer of visits: appends chunks to a file and publishes its live length in the manifest.
///
/// A failed write is retried until it succeeds; chunks stay in memory until then. A part not yet in the manifest is
/// written again after a crash.
final class VisitWriter: Sendable {
    /// Pause between retries of a failed write, microseconds; the disk may be full for hours.
    private static let retryMicroseconds: UInt32 = 100_000

    private struct Output {
        var file: VisitFile
        var number: UInt64
        var handle: Int32
        var end: Int
        var visits: UInt64
        var isUnsynced = false
    }

    let disk: IndexDisk
    let keeper: ManifestKeeper
    let shelf: VisitShelf
    /// Receives failures to write.
    let observer = Mutex<LedgerObserver>({ _ in })
    private let queue = DispatchQueue(label: "jiesuan.visits", qos: .utility)
    private let isClosing = Atomic(false)
    private let waiting = Atomic(0)
    /// The file being written; accessed on the queue only.
    private let output = Mutex<Output?>(nil)
    /// The file to continue, not yet opened; accessed on the queue only.
    private let start: Mutex<VisitFacts?>

    /// - Parameter start: the file to continue; nil: the first chunk begins a new one.
    init(disk: IndexDisk, keeper: ManifestKeeper, shelf: VisitShelf, start: VisitFacts?) {
        self.disk = disk
        self.keeper = keeper
        self.shelf = shelf
        self.start = Mutex(start)
    }

    deinit { closeOutput() }

    /// Number of queued chunks.
    var chunksWaiting: Int { waiting.load(ordering: .relaxed) }

    /// Stops running work soon, and waits for it.
    func close() {
        isClosing.store(true, ordering: .releasing)
        queue.sync { closeOutput() }
    }

    private func closeOutput() {
        output.withLock { output in
            if let handle = output?.handle { IndexDisk.close(handle) }
            output = nil
        }
    }

    private func isOver(_ generation: UInt64) -> Bool {
        isClosing.load(ordering: .acquiring) || shelf.state.withLock { $0.generation } != generation
    }

    /// Writes the oldest chunk in memory, which must be closed.
    func write(_ chunk: VisitChunk, generation: UInt64) {
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            defer { waiting.subtract(1, ordering: .relaxed) }
            again(generation) { () throws(DerivedFailure) in try append(chunk, generation) }
        }
    }

    /// Syncs the written chunks and publishes them in the manifest, complete up to `block`.
    func publish(through block: UInt64, mark: UInt64, generation: UInt64) {
        queue.async { [self] in
            again(generation) { () throws(DerivedFailure) in try publish(block, mark, generation) }
        }
    }

    private func again(_ generation: UInt64, _ body: () throws(DerivedFailure) -> Void) {
        while !isOver(generation) {
            do throws(DerivedFailure) {
                try body()
                told(nil)
                return
            } catch {
                told(error)
                usleep(Self.retryMicroseconds)
            }
        }
    }

    /// Reports when writing begins to fail and when it works again, once each.
    private func told(_ trouble: DerivedFailure?) {
        let before = shelf.state.withLock { state in
            defer { state.writeTrouble = trouble }
            return state.writeTrouble
        }
        guard (before == nil) != (trouble == nil) else { return }
        let observer = observer.withLock { $0 }
        if let trouble {
            observer(
                LedgerIncident(
                    .indexNotWritten,
                    "the index of visits cannot be written (\(trouble)): it is tried again and waits "
                        + "in memory until then"))
        } else {
            observer(LedgerIncident(.indexWritten, "the index of visits is written again"))
        }
    }

    private func append(_ chunk: VisitChunk, _ generation: UInt64) throws(DerivedFailure) {
        let (count, changes) = chunk.snapshot()
        var writer = ByteWriter()
        for change in changes { change.encode(to: &writer) }
        let encoded = [UInt8](writer.bytes)
        let columns = VisitColumns()
        columns.begin(chunk, count: count, changes: encoded)
        let (file, head) = try output.withLock { output throws(DerivedFailure) in
            if output == nil { output = try begin() }
            guard var out = output else { throw DerivedFailure(file: "visits", reason: "cannot be opened") }
            let head = columns.complete(chunk, changes: encoded, at: out.end, out.file.seeds)
            let page = UnsafeMutableRawBufferPointer.allocate(byteCount: VisitFormat.headBytes, alignment: 16)
            defer { page.deallocate() }
            head.write(to: page, seed: out.file.seeds.head(at: out.end))
            // A failed attempt may have left a part of the chunk.
            try IndexDisk.seek(out.handle, to: out.end, out.file.name)
            try disk.write(UnsafeRawBufferPointer(page), to: out.handle, out.file.name)
            try disk.write(columns.bytes, to: out.handle, out.file.name)
            out.end += head.fileBytes
            out.visits += UInt64(count)
            out.isUnsynced = true
            output = out
            return (out.file, head)
        }
        shelf.state.withLock { state in
            guard state.generation == generation, state.memory.first === chunk else { return }
            state.memory.removeFirst()
            if state.files.last?.file !== file { state.files.append((file, [])) }
            state.files[state.files.count - 1].heads.append(head)
        }
    }

    private func publish(_ block: UInt64, _ mark: UInt64, _ generation: UInt64) throws(DerivedFailure) {
        var facts = VisitFacts(number: 0, bytes: 0, visits: 0, through: block, mark: mark)
        try output.withLock { output throws(DerivedFailure) in
            if let out = output {
                if out.isUnsynced { try disk.sync(out.handle, out.file.name) }
                if out.isUnsynced && keeper.isDurable { try disk.syncFolder() }
                output?.isUnsynced = false
                (facts.number, facts.bytes, facts.visits) = (out.number, UInt64(out.end), out.visits)
            } else if let start = start.withLock({ $0 }) {
                (facts.number, facts.bytes, facts.visits) = (start.number, start.bytes, start.visits)
            }
        }
        try keeper.publish(facts)
        shelf.state.withLock { if $0.generation == generation { $0.through = block } }
    }

    /// Opens the file to continue, or a new one.
    private func begin() throws(DerivedFailure) -> Output {
        let facts = start.withLock { $0 }
        guard let facts, let name = facts.file else {
            let number = keeper.nextNumber()
            let name = VisitFacts.file(number)
            return try open(try disk.create(name), name, number, end: 0, visits: 0)
        }
        let handle = try disk.resume(name, at: Int(facts.bytes))
        return try open(handle, name, facts.number, end: Int(facts.bytes), visits: facts.visits)
    }

    private func open(
        _ handle: Int32, _ name: String, _ number: UInt64, end: Int, visits: UInt64
    ) throws(DerivedFailure) -> Output {
        guard let reading = try disk.open(name) else {
            IndexDisk.close(handle)
            throw DerivedFailure(file: name, reason: "was removed by somebody else")
        }
        // A reader's scratch file needs no name while it is open.
        if !keeper.isDurable { disk.remove(name) }
        let shelved = shelf.state.withLock { $0.files.last?.file }
        let file =
            shelved.flatMap { $0.name == name && end > 0 ? $0 : nil }
            ?? VisitFile(reading, number: number, identity: keeper.identity)
        if file === shelved { IndexDisk.close(reading) }
        return Output(file: file, number: number, handle: handle, end: end, visits: visits)
    }

    /// Drops the file; the next chunk begins a new one.
    func reset() {
        queue.sync {
            closeOutput()
            start.withLock { $0 = nil }
            keeper.dropVisits()
        }
    }
}
