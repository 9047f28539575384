import Dispatch
import Service

/// Has a ledger that takes nothing try again once a second, whether or not anybody asks it: who looks at the server's
/// health before calling would never call one that waits for a call.
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

    /// None begins from now on.
    func stop() { timer.cancel() }
}
