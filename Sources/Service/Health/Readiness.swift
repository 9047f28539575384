import Synchronization

/// Whether a server takes calls, from the first moment on: while its ledger opens, and afterwards as its health says.
package final class Readiness: Sendable {
    private struct State {
        var health: ServerHealth?
        /// How far the opening is: "block 5 of 100"; empty: nothing is known yet.
        var progress = ""
    }

    private let state = Mutex(State())

    package init() {}

    /// The ledger's opening went on.
    package func opening(_ progress: String) { state.withLock { $0.progress = progress } }

    /// The ledger is open, and the server serves.
    package func begin(_ health: ServerHealth) { state.withLock { $0.health = health } }

    /// Why no calls are taken, in one line; nil: they are.
    package var whyNotServing: String? {
        let (health, progress) = state.withLock { ($0.health, $0.progress) }
        if let health { return health.whyNotServing }
        return "opening: the ledger is read" + (progress.isEmpty ? "" : ", \(progress)")
    }
}
