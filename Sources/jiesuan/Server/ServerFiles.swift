import LedgerStore
import Text

/// Closes a ledger of an earlier version, or one that was copied here, to other users of the machine.
func closeToOthers(ledger path: String, _ log: ServerLog) {
    let closed = FileModes.close(ledger: path)
    guard closed > 0 else { return }
    log.write(
        "jiesuan: \(counted(closed, "file")) of the ledger could be read by other users of this machine, and cannot "
            + "any more: copies that were made before are to be looked after", isNeeded: true)
}
