import Foundation
import Ledger
import LedgerFormat
import LedgerIndex
import LedgerStore
import Policy
import Synchronization

/// A ledger's file: every settlement, year and account recomputed from its journal, and compared with the state that a
/// server would open. Reads only, also while a server has the ledger open.
struct LedgerCheck {
    private(set) var result: Verification
    /// What the file itself shows to be damaged.
    let damage: [String]
    /// What an operator should know and does not make the ledger differ: a disk that is nearly full, an index that the
    /// server makes anew when it starts.
    let warnings: [String]
    let seconds: Double
    /// The format of the ledger's file, see `StoreSchema`.
    let format: Int

    var isClean: Bool { damage.isEmpty && result.isClean }
    var differenceCount: Int { result.differenceCount + damage.count }
    /// The first of them, in words.
    var differences: [String] { damage + result.differences }

    /// - Parameter progress: gets the blocks done and all of them.
    init(_ path: String, _ packs: [PolicyPack], progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws {
        let start = Date()
        let library = PolicyLibrary(packs: packs)
        let store = try SQLiteStore(path: path, mode: .readOnly)
        format = store.version
        damage = try store.check()
        let last = Int(clamping: try store.lastSequence())
        let told = Mutex<[String]>([])
        let verifier = try Verifier(store: store, library: library)
        // Before the journal is read: what a server appends meanwhile is in neither of the two that are compared.
        let opened: Result<Ledger, LedgerProblem>
        do throws(LedgerProblem) {
            opened = .success(
                try Ledger(
                    store: store, library: library, clock: SystemClock(), directory: indexFolder(ofLedger: path),
                    access: .reader, observer: { incident in told.withLock { $0.append(incident.text) } }))
        } catch {
            opened = .failure(error)
        }
        let end = (try? opened.get())?.lastBlock ?? .max
        result = try verifier.verify(through: end) { done in progress(done, last) }
        if damage.isEmpty, result.isClean { result = verifier.compare(with: try opened.get()) }
        warnings = told.withLock { $0 } + [store.diskWarning()].compactMap(\.self)
        seconds = Date().timeIntervalSince(start)
    }
}
