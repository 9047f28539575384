import LedgerFormat
import Synchronization

/// A store in memory with fault injection, for tests and simulations.
package final class MemoryStore: LedgerStore {
    /// How an append fails.
    package enum Fault: Sendable {
        /// Throws `.notWritten`: nothing is in the store, the next append works.
        case notWritten
        /// Throws `.unknown`; `recover` finds the blocks missing.
        case unknownAndLost
        /// Throws `.unknown`; `recover` finds the blocks present.
        case unknownAndWritten
    }

    private struct State {
        var blocks: [[UInt8]] = []
        /// Blocks written by a failed append; visible after `recover`.
        var doubtful: [[UInt8]] = []
        var packs: [KeptPack] = []
        /// Injected failures by number of the append from now; 1 is the next one.
        var faults: [Int: Fault] = [:]
        var failingRecoveries = 0
        var isSuspended = false

        func checkUsable() throws(StoreFailure) {
            if isSuspended { throw .notWritten("the ledger waits to be taken up again") }
        }
    }

    package let identity: UInt64
    private let state = Mutex(State())

    package init(identity: UInt64 = 1) {
        self.identity = identity
    }

    /// Makes the `number`-th append from now fail; 1 is the next one. Packs kept do not count.
    package func fail(append number: Int, _ fault: Fault) {
        state.withLock { $0.faults[number] = fault }
    }

    /// Makes the next calls of `recover` fail.
    package func failRecoveries(_ count: Int) {
        state.withLock { $0.failingRecoveries = count }
    }

    package func append(_ blocks: [SealedBlock]) throws(StoreFailure) {
        try state.withLock { (state) throws(StoreFailure) in
            try state.checkUsable()
            var expected = UInt64(state.blocks.count)
            for block in blocks {
                expected += 1
                guard block.sequence == expected else {
                    throw .notWritten("block \(block.sequence) does not follow block \(expected - 1)")
                }
            }
            guard !blocks.isEmpty else { return }
            let fault = state.faults[1]
            state.faults = Dictionary(
                uniqueKeysWithValues: state.faults.compactMap { $0.key > 1 ? ($0.key - 1, $0.value) : nil })
            switch fault {
            case nil:
                state.blocks += blocks.map(\.bytes)
            case .notWritten:
                throw .notWritten("the disk is full, as a test asked for")
            case .unknownAndLost, .unknownAndWritten:
                state.isSuspended = true
                if fault == .unknownAndWritten { state.doubtful = blocks.map(\.bytes) }
                throw .unknown("the disk did not confirm, as a test asked for")
            }
        }
    }

    package func recover() throws(StoreFailure) {
        try state.withLock { (state) throws(StoreFailure) in
            guard state.failingRecoveries == 0 else {
                state.failingRecoveries -= 1
                state.isSuspended = true
                throw .unavailable("the disk is still away, as a test asked for")
            }
            state.blocks += state.doubtful
            state.doubtful = []
            state.isSuspended = false
        }
    }

    package func lastSequence() throws(StoreFailure) -> UInt64 {
        state.withLock { UInt64($0.blocks.count) }
    }

    package func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? {
        state.withLock { state in
            guard sequence > 0, sequence <= UInt64(state.blocks.count) else { return nil }
            return state.blocks[Int(sequence) - 1]
        }
    }

    package func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure) {
        let blocks = state.withLock { $0.blocks }
        guard sequence < UInt64(blocks.count) else { return }
        for index in Int(sequence)..<blocks.count
        where !body(SealedBlock(sequence: UInt64(index) + 1, bytes: blocks[index])) {
            return
        }
    }

    package func packs() throws(StoreFailure) -> [KeptPack] {
        state.withLock { $0.packs }
    }

    package func keep(
        region: String, digest: String, yaml: String, fingerprint: String
    ) throws(StoreFailure) -> UInt32 {
        try state.withLock { (state) throws(StoreFailure) in
            try state.checkUsable()
            let number = UInt32(state.packs.count + 1)
            state.packs.append(
                KeptPack(number: number, region: region, digest: digest, yaml: yaml, fingerprint: fingerprint))
            return number
        }
    }

    package func backup(to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws(StoreFailure) {
        try StoreCopy(of: self).write(to: path, vfs: nil, progress: progress)
    }
}
