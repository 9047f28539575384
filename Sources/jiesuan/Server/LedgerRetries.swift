import Dispatch
import Service

/// Retries a failed ledger once a second, even without requests: clients that check the server's health before calling
/// would never call one that waits for a call to retry.
final class LedgerRetries {
    private static let pauseSeconds = 1.0

    private let timer: any DispatchSourceTimer

    /// - Parameter condition: that of the ledger behind `access`.
    init(_ access: LedgerAccess, while condition: LedgerCondition) {
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "jiesuan.retry"))
        timer.schedule(deadline: .now() + Self.pauseSeconds, repeating: Self.pauseSeconds)
        timer.setEventHandler {
            if condition.isRefusing { access.tryAgain() }
        }
        timer.resume()
    }

    /// Stops further retries.
    func stop() { timer.cancel() }
}
