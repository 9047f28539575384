import CSQLite
import LedgerFormat

/// Copies a store in use to a new SQLite file.
///
/// Blocks never change and are never removed: the blocks up to the last one at the start, read one by one, are the
/// store as of the start. So no transaction stays open during the copy of a large ledger, and the live log does not
/// grow.
struct StoreCopy {
    let source: any LedgerStore

    init(of source: any LedgerStore) {
        self.source = source
    }

    /// Bytes of blocks in one transaction of the copy.
    fileprivate static let transactionBytes = 32 << 20

    /// The copy has the identity of its source, and gets its name only when it is complete and durable.
    ///
    /// - Parameter progress: called with the blocks done and all of them.
    func write(
        to target: String, vfs: String?, progress: (_ done: Int, _ of: Int) -> Void
    ) throws(StoreFailure) {
        let files = try StoreFiles(path: target, vfs: vfs)
        guard !fileExists(files.path) else { throw .unavailable("\(files.path) exists already") }
        let lock = try ProcessLock(path: files.lockPath, ledger: files.path)
        // No process has the copy open, so the lock's file can be removed.
        defer { lock.remove() }
        let last = try source.lastSequence()
        let draft = files.path + ".new"
        try StoreFiles.make(draft, identity: source.identity, schema: .current, vfs: vfs)
        let outcome = fill(draft, upTo: last, vfs: vfs, progress: progress)
        if let failure = outcome {
            // If the removal fails, the next copy replaces the rest.
            for suffix in ["", "-wal", "-shm"] { try? RawFile.delete(draft + suffix, vfs: vfs) }
            throw failure
        }
        try files.publish(draft)
        progress(Int(last), Int(last))
    }

    /// The first failure.
    private func fill(
        _ draft: String, upTo last: UInt64, vfs: String?, progress: (_ done: Int, _ of: Int) -> Void
    ) -> StoreFailure? {
        do {
            let writer = try CopyWriter(path: draft, vfs: vfs)
            // A pack is kept before the first block that names it: read after `last`, all of them are there.
            for pack in try source.packs() { try writer.add(pack) }
            var failure: (any Error)?
            try source.scan(after: 0) { block in
                guard block.sequence <= last else { return false }
                do {
                    if try writer.add(block) { progress(Int(block.sequence), Int(last)) }
                } catch {
                    failure = error
                }
                return failure == nil
            }
            if let failure { throw failure }
            try writer.finish()
            return nil
        } catch let failure as StoreFailure {
            return failure
        } catch {
            return .unavailable("\(draft): \((error as? SQLiteError)?.message ?? "\(error)")")
        }
    }
}

/// Fills a new file without syncs: nothing is durable before `finish`, and the file is not used before.
private final class CopyWriter {
    private let connection: SQLiteConnection
    private var pending = 0
    private var tip = StoreTip()

    init(path: String, vfs: String?) throws(SQLiteError) {
        connection = try SQLiteConnection(path: path, access: .write, vfs: vfs)
        try connection.execute("PRAGMA synchronous = OFF")
        try connection.execute("BEGIN IMMEDIATE")
        connection.checkpointOnClose()
    }

    func add(_ pack: KeptPack) throws(SQLiteError) { try pack.insert(connection) }

    /// Adds a block; returns whether a transaction ended with it.
    func add(_ block: SealedBlock) throws(SQLiteError) -> Bool {
        try connection.run("INSERT INTO block VALUES (?, ?)") { (statement) throws(SQLiteError) in
            statement.bind(Int64(block.sequence), at: 1)
            try statement.run(with: block.bytes, at: 2)
        }
        tip.append(block)
        pending += block.bytes.count
        guard pending >= StoreCopy.transactionBytes else { return false }
        pending = 0
        try connection.execute("COMMIT")
        try connection.execute("BEGIN IMMEDIATE")
        return true
    }

    func finish() throws(SQLiteError) {
        // Records the copy's end, so that a truncated copy of it is detected.
        var mark = try StoreMark(connection)
        (mark.sequence, mark.checksum) = (tip.sequence, tip.checksum)
        try mark.write(connection)
        try connection.execute("COMMIT")
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
