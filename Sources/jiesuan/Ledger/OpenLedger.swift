import Dispatch
import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Service
import Text

/// The folder of a ledger's derived files.
func indexFolder(ofLedger path: String) -> String { path + ".index" }

/// Opens a ledger's file for serving; creates it if it does not exist.
///
/// - Parameters:
///   - condition: receives the ledger's faults.
///   - readiness: is told how far the opening is.
func openLedger(
    _ path: String, _ packs: [PolicyPack], _ clock: ClockOptions, _ log: ServerLog, _ condition: LedgerCondition,
    _ readiness: Readiness
) throws -> OpenLedger {
    let start = Date()
    let isThere = FileManager.default.fileExists(atPath: path)
    let store = try SQLiteStore(path: path, mode: isThere ? .open : .create)
    let incidents = LedgerLog(log)
    var told = start
    let ledger = try Ledger(
        store: store, library: PolicyLibrary(packs: packs), clock: clock.clock,
        directory: indexFolder(ofLedger: path), clockAheadMax: clock.aheadMaxMilliseconds,
        observer: {
            condition.note($0.kind)
            incidents.write($0)
        },
        progress: { done, last in
            guard Date().timeIntervalSince(told) >= 1 else { return }
            told = Date()
            readiness.opening("block \(done) of \(last)")
            log.write("jiesuan: reading the ledger, block \(done) of \(last)")
        })
    // Warns of a nearly full disk at the start.
    ledger.queue.maintain()
    let seconds = String(format: "%.2f", Date().timeIntervalSince(start))
    log.write(
        "jiesuan: ledger \(isThere ? "opened" : "made") in \(seconds) s, "
            + counted(ledger.settlementCount, "settlement"),
        isNeeded: true)
    for pack in ledger.unservedRegions {
        log.write(
            "jiesuan: the ledger has records of \(pack.region), and there is no policy pack of that region: they are "
                + "read only, nothing new is settled; the pack \(pack.digest.prefix(12)), by which the last were "
                + "settled, or a newer one is to be named by --policies")
    }
    return OpenLedger(ledger: ledger, store: store)
}

/// A ledger open for serving, and its file.
struct OpenLedger {
    let ledger: Ledger
    private let store: SQLiteStore

    fileprivate init(ledger: Ledger, store: SQLiteStore) {
        self.ledger = ledger
        self.store = store
    }

    /// Closes the ledger after the last request: afterwards the file alone is the whole ledger, without a log.
    ///
    /// - Parameter end: deadline; derived files not written by then are left out, and the next start makes them.
    func close(until end: DispatchTime = .distantFuture) {
        ledger.close(until: end)
        store.close()
    }
}
