import LedgerFormat

/// Why a store does not do what it should.
package enum StoreFailure: Error, Equatable, Sendable {
    /// Nothing of it was written, and nothing of it will appear later: the disk is full, a lock is held …
    case notWritten(String)
    /// It may have been written or not; only reading after `recover` tells.
    case unknown(String)
    /// The file is not what it should be; nothing was written to it.
    case damaged(String)
    /// The file was written by a newer version; nothing was written to it.
    case newer(String)
    /// It cannot be read or opened.
    case unavailable(String)

    /// What happened, for people.
    package var reason: String {
        switch self {
        case .unknown(let reason), .notWritten(let reason), .damaged(let reason), .newer(let reason),
            .unavailable(let reason):
            reason
        }
    }
}

/// Where sealed blocks are read.
package protocol BlockSource: AnyObject {
    /// A block's bytes; nil: there is none of that number.
    func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]?
}

/// What a ledger needs of a store: sealed blocks, in order, durable; and the packs they were settled under.
///
/// One conformance suite runs against every implementation. `append`, `keep`, `maintain` and `recover` are called from
/// one thread at a time, the reading methods from any thread, also while a block is being appended.
package protocol LedgerStore: BlockSource, Sendable {
    /// Made with the store and never changed; what derives from it (indexes, snapshots) names it.
    var identity: UInt64 { get }

    /// Appends blocks, all or none; when it returns they survive a crash of the machine. Their sequence numbers follow
    /// the last one.
    func append(_ blocks: [SealedBlock]) throws(StoreFailure)

    /// Housekeeping between appends, called by their thread when nobody waits for it; it may take as long as a large
    /// append. A store whose `maintain` is never called does what it must within `append`.
    ///
    /// - Returns: what went wrong with it, or is right again.
    @discardableResult
    func maintain() -> [LedgerIncident]

    /// Takes the store up again after `append` failed: afterwards it is certain what is in it, and `append` works.
    func recover() throws(StoreFailure)

    /// Sequence number of the last durable block; 0: none.
    func lastSequence() throws(StoreFailure) -> UInt64

    /// A way of reading for one thread of its own, which nobody else's reading or writing holds up; it is given back by
    /// letting go of it.
    func ownReader() throws(StoreFailure) -> any BlockSource

    /// Blocks after `sequence`, in order, until `body` returns false. Sees the store as it was at the start.
    func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure)

    /// The packs kept so far, by number.
    func packs() throws(StoreFailure) -> [KeptPack]

    /// Keeps a pack durably under the next number.
    func keep(region: String, digest: String, yaml: String, fingerprint: String) throws(StoreFailure) -> UInt32

    /// Writes a consistent copy of a store in use to a new file.
    func backup(to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws(StoreFailure)
}

extension LedgerStore {
    /// Nothing to do.
    @discardableResult
    package func maintain() -> [LedgerIncident] { [] }

    /// The store itself: its reading methods hold nobody up.
    package func ownReader() -> any BlockSource { self }
}
