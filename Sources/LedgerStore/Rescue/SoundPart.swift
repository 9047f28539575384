import LedgerFormat
import Synchronization

/// The sound part of a damaged ledger as the source of a copy; for one thread.
final class SoundPart: LedgerStore {
    let identity: UInt64
    private let last: UInt64
    private let kept: [KeptPack]
    private let connection: Mutex<SQLiteConnection>

    /// - Parameter path: path of the file, with a log beside it if `hasLog`.
    init(path: String, hasLog: Bool, identity: UInt64, last: UInt64, packs: [KeptPack]) throws(SQLiteError) {
        connection = Mutex(try SQLiteConnection(path: path, access: hasLog ? .readOnly : .immutable, vfs: nil))
        self.identity = identity
        self.last = last
        kept = packs
    }

    func lastSequence() throws(StoreFailure) -> UInt64 { last }
    func packs() throws(StoreFailure) -> [KeptPack] { kept }

    func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        try connection.withLock { (connection) throws(StoreFailure) in
            do throws(SQLiteError) { return try connection.block(sequence) } catch { throw error.asUnavailable }
        }
    }

    func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure) {
        guard sequence < last else { return }
        for next in sequence + 1...last {
            guard let bytes = try block(next) else { throw .damaged("block \(next) is missing") }
            if !body(SealedBlock(sequence: next, bytes: bytes)) { return }
        }
    }

    func append(_ blocks: [SealedBlock]) throws(StoreFailure) { throw Self.refusal }
    func recover() throws(StoreFailure) { throw Self.refusal }
    func keep(region: String, digest: String, yaml: String, fingerprint: String) throws(StoreFailure) -> UInt32 {
        throw Self.refusal
    }
    func backup(to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws(StoreFailure) {
        throw Self.refusal
    }

    private static let refusal = StoreFailure.notWritten("a damaged ledger is only read")
}
