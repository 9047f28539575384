import Dispatch
import Glibc
import RPC
import Synchronization

/// Waits, after the drain, until the server's last work is durable; a slow store is reported.
///
/// - Throws: if it does not end. The process then ends without closing the ledger: every sent answer is durable, and
///   the next start recovers the rest.
func waitForLastWork(_ server: Server, ledger: String?, _ log: ServerLog) throws {
    if server.waitForSequencer(limit: .seconds(LastWork.quietSeconds)) { return }
    log.write("jiesuan: waiting \(LastWork.secondsMax) s at most for \(whatLasts(server, ledger))")
    if server.waitForSequencer(limit: .seconds(LastWork.secondsMax)) { return }
    let text = "stopped without waiting longer for \(whatLasts(server, ledger)): every answer that was sent is durable"
    log.write("jiesuan: \(text)")
    log.flush()
    throw Failure(.file, text)
}

/// Closes the ledger of `path` after the last request; a slow disk is reported.
///
/// It has the rest of the drain's time, at least a second; derived files not written by then are left out. A second
/// later the process ends in any case, with 0 and an open ledger, as after a kill: every sent answer is durable, and
/// the next start reads the log.
func close(_ opened: OpenLedger, of path: String, drainEnd: DispatchTime, _ log: ServerLog) {
    let start = DispatchTime.now()
    let quiet = start + Double(LastWork.quietSeconds)
    let end = max(drainEnd, quiet)
    let last = end + Double(LastWork.quietSeconds)
    let isDecided = Decision()
    let word = DispatchWorkItem {
        let left = LastWork.tenths(from: DispatchTime.now(), to: last)
        log.write(
            "jiesuan: closing \(path) waits for its disk, which has been writing for \(LastWork.quietSeconds) s; "
                + "\(left) s more at most")
    }
    let leaving = DispatchWorkItem {
        guard isDecided.take() else { return }
        log.write(
            "jiesuan: stopped without closing \(path), whose disk has been writing for "
                + "\(LastWork.tenths(from: start, to: last)) s: every answer that was sent is durable, and the next "
                + "start reads the log beside it")
        log.flush()
        Exit.end(.allDone)
    }
    DispatchQueue.global().asyncAfter(deadline: quiet, execute: word)
    DispatchQueue.global().asyncAfter(deadline: last, execute: leaving)
    opened.close(until: end)
    word.cancel()
    leaving.cancel()
    // Another thread is ending the process.
    guard isDecided.take() else { while true { pause() } }
    let closed = DispatchTime.now()
    guard closed > quiet else { return }
    log.write("jiesuan: closing \(path) took \(LastWork.tenths(from: start, to: closed)) s, for its disk")
}

private enum LastWork {
    /// Many times the usual duration of a commit or of closing a ledger.
    static let quietSeconds = 1
    /// The time allowed to a slow disk.
    static let secondsMax = 5

    /// Seconds from one moment to a later one, in tenths.
    static func tenths(from start: DispatchTime, to end: DispatchTime) -> Double {
        let nanoseconds = Int64(end.uptimeNanoseconds) - Int64(start.uptimeNanoseconds)
        return Double(nanoseconds / 100_000_000) / 10
    }
}

/// Lets only the first of two threads continue.
private final class Decision: Sendable {
    private let isTaken = Atomic(false)

    func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
}

/// The operation that delays the end of the server, with its duration so far.
private func whatLasts(_ server: Server, _ ledger: String?) -> String {
    guard let commit = server.commitUnderWay else { return "a request that is under way" }
    let tenths = (commit.seconds * 10).rounded() / 10
    return "the disk of \(ledger ?? "the ledger"), which has been writing for \(tenths) s"
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
