import LedgerFormat
import LedgerStore
import Synchronization

/// A store whose disk turns a bit over in one block, as it is read.
final class SpoiltStore: LedgerStore {
    private let store: any LedgerStore
    private let spoilt = Mutex<UInt64?>(nil)

    init(_ store: any LedgerStore) { self.store = store }

    /// nil: the disk reads well again.
    func spoil(_ block: UInt64?) { spoilt.withLock { $0 = block } }

    func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        var bytes = try store.block(sequence)
        if spoilt.withLock({ $0 == sequence }), let count = bytes?.count { bytes?[count / 2] ^= 4 }
        return bytes
    }

    var identity: UInt64 { store.identity }
    func append(_ blocks: [SealedBlock]) throws(StoreFailure) { try store.append(blocks) }
    func recover() throws(StoreFailure) { try store.recover() }
    func lastSequence() throws(StoreFailure) -> UInt64 { try store.lastSequence() }
    func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure) {
        try store.scan(after: sequence, body)
    }
    func packs() throws(StoreFailure) -> [KeptPack] { try store.packs() }
    func keep(
        region: String, digest: String, yaml: String, fingerprint: String
    ) throws(StoreFailure) -> UInt32 {
        try store.keep(region: region, digest: digest, yaml: yaml, fingerprint: fingerprint)
    }
    func backup(to path: String, progress: (Int, Int) -> Void) throws(StoreFailure) {
        try store.backup(to: path, progress: progress)
    }
}
