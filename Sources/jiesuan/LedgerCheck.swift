import Foundation
import Ledger
import Policy

/// A ledger's file: every settlement, year and account recomputed from its journal, and compared with the state that a
/// server would open. Reads only, also while a server has the ledger open.
struct LedgerCheck {
    private(set) var result: Verification
    /// What the file itself shows to be damaged.
    let damage: [String]
    let seconds: Double

    var isClean: Bool { damage.isEmpty && result.isClean }
    var differenceCount: Int { result.differenceCount + damage.count }
    /// The first of them, in words.
    var differences: [String] { damage + result.differences }

    /// - Parameter progress: gets the blocks done and all of them.
    init(_ path: String, _ packs: [PolicyPack], progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws {
        let start = Date()
        let library = PolicyLibrary(packs: packs)
        let store = try SQLiteStore(path: path, mode: .readOnly)
        damage = try store.check()
        let last = Int(clamping: try store.lastSequence())
        let verifier = try Verifier(store: store, library: library)
        result = try verifier.verify { done in progress(done, last) }
        if damage.isEmpty, result.isClean {
            let ledger = try Ledger(
                store: store, library: library, clock: SystemClock(), directory: indexFolder(ofLedger: path),
                access: .reader)
            result = verifier.compare(with: ledger)
        }
        seconds = Date().timeIntervalSince(start)
    }
}
