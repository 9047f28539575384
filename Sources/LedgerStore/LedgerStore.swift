import LedgerFormat

/// Failure of a store.
package enum StoreFailure: Error, Equatable, Sendable {
    /// Certainly nothing was written, now or later: the disk is full, a lock is held …
    case notWritten(String)
    /// Perhaps written; known only after `recover`.
    case unknown(String)
    /// The file is damaged; nothing was written to it.
    case damaged(String)
    /// The file was written by a newer version; nothing was written to it.
    case newer(String)
    /// The store cannot be read or opened.
    case unavailable(String)

    /// The reason, for people.
    package var reason: String {
        switch self {
        case .unknown(let reason), .notWritten(let reason), .damaged(let reason), .newer(let reason),
            .unavailable(let reason):
            reason
        }
    }
}

/// A source of sealed blocks.
package protocol BlockSource: AnyObject {
    /// A block's bytes; nil: no such block.
    func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]?
}

/// A ledger's store: an ordered, durable sequence of sealed blocks, and the packs that they refer to.
///
/// One conformance suite runs against every implementation. `append`, `keep`, `maintain` and `recover` are called from
/// one thread at a time, the reading methods from any thread, also while a block is being appended.
package protocol LedgerStore: BlockSource, Sendable {
    /// Made with the store and never changed; derived files (indexes, snapshots) name it.
    var identity: UInt64 { get }

    /// Appends blocks, all or none; on return they survive a crash of the machine. Their sequence numbers follow the
    /// last one.
    func append(_ blocks: [SealedBlock]) throws(StoreFailure)

    /// Housekeeping (checkpoints), called by the appending thread while no append waits; it may take as long as a large
    /// append. A store whose `maintain` is never called does the necessary work within `append`.
    ///
    /// - Returns: faults of the housekeeping, and recoveries.
    @discardableResult
    func maintain() -> [LedgerIncident]

    /// Recovers after a failed `append`: afterwards the content is certain, and `append` works.
    func recover() throws(StoreFailure)

    /// Sequence number of the last durable block; 0: none.
    func lastSequence() throws(StoreFailure) -> UInt64

    /// A reader for one thread, not blocked by other readers or the writer; returned to the store when released.
    func ownReader() throws(StoreFailure) -> any BlockSource

    /// Calls `body` with the blocks after `sequence`, in order, until it returns false. Sees the store as of the start.
    func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure)

    /// The packs kept so far, by number.
    func packs() throws(StoreFailure) -> [KeptPack]

    /// Keeps a pack durably under the next number.
    func keep(region: String, digest: String, yaml: String, fingerprint: String) throws(StoreFailure) -> UInt32

    /// Writes a consistent copy of a store in use to a new file.
    func backup(to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws(StoreFailure)
}

extension LedgerStore {
    /// No housekeeping.
    @discardableResult
    package func maintain() -> [LedgerIncident] { [] }

    /// The store itself, whose reading methods do not block.
    package func ownReader() -> any BlockSource { self }
}
