import Foundation
import LedgerFormat
import LedgerStore

/// The ledger's store without a ledger, to measure its commits alone.
final class BareStore {
    private let store: SQLiteStore
    private var sequence: UInt64 = 0

    init(folder: String) throws { store = try SQLiteStore(path: folder + "/bare.db", mode: .create) }

    private func block(_ bytes: Int) -> SealedBlock {
        sequence += 1
        let content = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: bytes)
        return SealedBlock(sequence: sequence, bytes: content)
    }

    /// The seconds of commits of one settlement each.
    func singles(_ count: Int) throws -> [Double] {
        var times: [Double] = []
        for _ in 0..<count {
            let one = block(300)
            let start = DispatchTime.now().uptimeNanoseconds
            try store.append([one])
            times.append(seconds(since: start))
            store.maintain()
        }
        return times
    }

    /// Bytes of a settlement in a ledger's blocks, which hold mostly settlements.
    static func rowBytes(ofLedger path: String) throws -> Double {
        let ledger = try SQLiteStore(path: path, mode: .readOnly)
        var bytes = 0
        var rows = 0
        try ledger.scan(after: 0) { block in
            guard let checked = try? CheckedBlock(block) else { return true }
            // Blocks of few rows hold batches of registrations.
            if checked.rowCount > 100 { (bytes, rows) = (bytes + checked.byteCount, rows + checked.rowCount) }
            return true
        }
        return Double(bytes) / Double(max(1, rows))
    }

    /// Rows a second in blocks of 64 KiB, the ledger's size: one commit a block, or one for the blocks of a
    /// batch of `rows` rows has.
    func blocks(_ commits: Int, rows: Int, rowBytes: Double, oneByOne: Bool) throws -> Double {
        let blocks = max(1, Int(Double(rows) * rowBytes) >> 16)
        var groups: [[SealedBlock]] = []
        for _ in 0..<commits {
            var group: [SealedBlock] = []
            for _ in 0..<blocks { group.append(block(1 << 16)) }
            groups.append(group)
        }
        if oneByOne { groups = groups.flatMap { group in group.map { [$0] } } }
        let start = DispatchTime.now().uptimeNanoseconds
        for group in groups {
            try store.append(group)
            store.maintain()
        }
        return Double(commits * rows) / seconds(since: start)
    }
}
