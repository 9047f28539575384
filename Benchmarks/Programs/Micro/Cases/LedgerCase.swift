import Glibc
import LedgerFormat
import LedgerStore

/// The cost of durability: a commit of one block of the ledger's size.
enum LedgerCase {
    private static let blockBytes = 64 << 10

    static func commit(folder: String) -> MicroCase {
        MicroCase("ledger-commit", operations: 1) {
            let path = "\(folder)/micro-benchmark-\(getpid()).db"
            let file = try TemporaryStore(path: path)
            var random = SystemRandomNumberGenerator()
            let block = (0..<blockBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
            var sequence: UInt64 = 0
            return {
                sequence += 1
                try file.store.append([SealedBlock(sequence: sequence, bytes: block)])
                file.store.maintain()
            }
        }
    }
}

/// A store that removes its files on deinit.
private final class TemporaryStore {
    let store: SQLiteStore
    private let path: String

    init(path: String) throws {
        self.path = path
        store = try SQLiteStore(path: path, mode: .create)
    }

    deinit {
        store.close()
        for ending in ["", "-wal", "-shm", ".lock"] { unlink(path + ending) }
    }
}
