import Glibc
import LedgerFormat
import LedgerStore

/// A contradiction, or a file that cannot be written.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
}

/// Nanoseconds of one side's commits in one round.
struct Round {
    var commits: [Double] = []
    /// Of the whole round, including the time between commits.
    var total = 0.0
}

/// The store and the bare file, with the blocks to write.
final class Sides {
    private let store: SQLiteStore
    private let storePath: String
    private let barePath: String
    private let bare: Int32
    private var bareEnd: off_t = 0
    private var sequence: UInt64 = 0
    private let block: [UInt8]

    init(directory: String, blockBytes: Int, checkpointBytes: Int) throws {
        storePath = "\(directory)/store-benchmark-\(getpid()).db"
        barePath = "\(directory)/store-benchmark-\(getpid()).bare"
        store = try SQLiteStore(
            path: storePath, mode: .create, vfs: nil, schema: .current, checkpointBytes: checkpointBytes)
        bare = open(barePath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard bare >= 0 else { throw BenchmarkFailure(description: "\(barePath): \(String(cString: strerror(errno)))") }
        // Incompressible bytes, in case the disk compresses.
        var random = SystemRandomNumberGenerator()
        var block: [UInt8] = []
        block.reserveCapacity(blockBytes + 8)
        while block.count < blockBytes { withUnsafeBytes(of: random.next()) { block.append(contentsOf: $0) } }
        block.removeLast(block.count - blockBytes)
        self.block = block
    }

    deinit {
        store.close()
        close(bare)
        for path in [barePath, storePath, storePath + "-wal", storePath + "-shm", storePath + ".lock"] { unlink(path) }
    }

    func compare(rounds: Int, commits: Int) throws -> Comparison {
        var comparison = Comparison()
        // One additional round, the first, to grow files and caches.
        for round in 0...rounds {
            let isStoreFirst = round.isMultiple(of: 2)
            var first = isStoreFirst ? try storeRound(commits) : try bareRound(commits)
            var second = isStoreFirst ? try bareRound(commits) : try storeRound(commits)
            if !isStoreFirst { swap(&first, &second) }
            if round > 0 {
                comparison.store.append(first)
                comparison.bare.append(second)
            }
        }
        guard try store.lastSequence() == sequence, try store.block(sequence) == block else {
            throw BenchmarkFailure(description: "the store does not have what it was given")
        }
        return comparison
    }

    private func storeRound(_ commits: Int) throws -> Round {
        try round(commits) {
            sequence += 1
            try store.append([SealedBlock(sequence: sequence, bytes: block)])
        } between: {
            store.maintain()
        }
    }

    private func bareRound(_ commits: Int) throws -> Round {
        try round(commits) {
            guard pwrite(bare, block, block.count, bareEnd) == block.count, fdatasync(bare) == 0 else {
                throw BenchmarkFailure(description: "\(barePath): \(String(cString: strerror(errno)))")
            }
            bareEnd += off_t(block.count)
        } between: {
        }
    }

    private func round(_ commits: Int, _ commit: () throws -> Void, between: () -> Void) throws -> Round {
        var round = Round()
        let start = nanoseconds()
        for _ in 0..<commits {
            let before = nanoseconds()
            try commit()
            round.commits.append(nanoseconds() - before)
            between()
        }
        round.total = nanoseconds() - start
        return round
    }
}

private func nanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}
