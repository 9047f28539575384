import CSQLite
import LedgerFormat

/// Copies a store in use to a new SQLite file.
///
/// Blocks never change and none goes away: all up to the one that is the last at the start, read one by one, are the
/// store as it was at the start. So no transaction is held open while a large ledger is copied, and the log of the
/// live one does not grow because of it.
struct StoreCopy {
    let source: any LedgerStore

    init(of source: any LedgerStore) {
        self.source = source
    }

    /// So many bytes of blocks go into one transaction of the copy.
    fileprivate static let transactionBytes = 32 << 20

    /// The copy has the identity of its source. It has its name only when it is complete and durable.
    ///
    /// - Parameter progress: blocks.
    func write(
        to target: String, vfs: String?, progress: (_ done: Int, _ of: Int) -> Void
    ) throws(StoreFailure) {
        let place = try StorePlace(path: target, vfs: vfs)
        guard !fileExists(place.path) else { throw .unavailable("\(place.path) exists already") }
        let lock = try ProcessLock(path: place.lockPath, ledger: place.path)
        // Nobody has the copy open, so nobody needs the file that the lock is on.
        defer { lock.remove() }
        let last = try source.lastSequence()
        let draft = place.path + ".new"
        try StorePlace.make(draft, identity: source.identity, schema: .current, vfs: vfs)
        let outcome = fill(draft, upTo: last, vfs: vfs, progress: progress)
        if let failure = outcome {
            // What is left is replaced by the next copy, should it not go away now.
            for suffix in ["", "-wal", "-shm"] { try? RawFile.delete(draft + suffix, vfs: vfs) }
            throw failure
        }
        try place.publish(draft)
        progress(Int(last), Int(last))
    }

    /// The first thing that went wrong.
    private func fill(
        _ draft: String, upTo last: UInt64, vfs: String?, progress: (_ done: Int, _ of: Int) -> Void
    ) -> StoreFailure? {
        do {
            let writer = try CopyWriter(path: draft, vfs: vfs)
            // A pack is kept before the first block that names it: read after `last`, they are all there.
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

/// Fills a new file fast: nothing is durable before `finish`, and nobody looks at the file before.
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

    /// Whether a transaction ended with it.
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
        // What it is to end with, so that a copy of the copy that is cut off says so.
        var mark = try StoreMark(connection)
        (mark.sequence, mark.checksum) = (tip.sequence, tip.checksum)
        try mark.write(connection)
        try connection.execute("COMMIT")
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
