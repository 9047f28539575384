import Foundation
import Ledger
import LedgerFormat
import LedgerIndex
import LedgerStore
import Policy
import Synchronization

/// Verification of a ledger's file: recomputes every settlement, year and account from the journal, and compares them
/// with the state that a server would open. Read-only, also while a server has the ledger open.
struct LedgerCheck {
    private(set) var result: Verification
    /// Damage of the file itself.
    let damage: [String]
    /// Warnings for the operator that are no differences: a nearly full disk, an index that the server rebuilds at its
    /// start.
    let warnings: [String]
    let seconds: Double
    /// The format of the ledger's file, see `StoreSchema`.
    let format: Int

    var isClean: Bool { damage.isEmpty && result.isClean }
    var differenceCount: Int { result.differenceCount + damage.count }
    /// The first differences, in words.
    var differences: [String] { damage + result.differences }

    /// - Parameter progress: called with the blocks done and all of them.
    init(_ path: String, _ packs: [PolicyPack], progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws {
        let start = Date()
        let library = PolicyLibrary(packs: packs)
        let store = try SQLiteStore(path: path, mode: .readOnly)
        format = store.version
        damage = try store.check()
        let last = Int(clamping: try store.lastSequence())
        let told = Mutex<[String]>([])
        let verifier = try Verifier(store: store, library: library)
        // Opened before the journal is read, so that blocks appended by a server meanwhile are in neither side.
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
