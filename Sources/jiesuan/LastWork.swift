import RPC

/// Waits, after the drain, until the server's last work is done and durable; a store that takes long is named.
///
/// - Throws: where it does not end. Then nothing may use the ledger any more, and the process ends without closing it:
///   every answer that was sent is durable, and the next start finds what else there is.
func waitForLastWork(_ server: Server, ledger: String?, _ log: ServerLog) throws {
    if server.waitForSequencer(limit: .seconds(LastWork.quietSeconds)) { return }
    log.write("jiesuan: waiting \(LastWork.secondsMax) s at most for \(whatLasts(server, ledger))")
    if server.waitForSequencer(limit: .seconds(LastWork.secondsMax)) { return }
    let text = "stopped without waiting longer for \(whatLasts(server, ledger)): every answer that was sent is durable"
    log.write("jiesuan: \(text)")
    log.flush()
    throw Failure(.file, text)
}

private enum LastWork {
    /// What a commit under way usually needs, many times over.
    static let quietSeconds = 1
    /// What a disk gets that is slow.
    static let secondsMax = 5
}

/// What keeps the server, and for how long it has.
private func whatLasts(_ server: Server, _ ledger: String?) -> String {
    guard let commit = server.commitUnderWay else { return "a request that is under way" }
    let seconds = Double(commit.components.seconds) + Double(commit.components.attoseconds) * 1e-18
    let tenths = (seconds * 10).rounded() / 10
    return "the disk of \(ledger ?? "the ledger"), which has been writing for \(tenths) s"
}
