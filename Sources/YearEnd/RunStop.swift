import Synchronization

/// Ends a run early, from another thread: at its next step, between two stages or within some persons. What is done
/// stays in the run's folder, and the run is taken up there.
package final class RunStop: Sendable {
    private let isAsked = Atomic(false)

    package init() {}

    package func ask() { isAsked.store(true, ordering: .relaxed) }

    /// - Throws: where the run is to end.
    package func check() throws(RunStopped) { if isAsked.load(ordering: .relaxed) { throw RunStopped() } }
}

/// Somebody stopped the run; it can be taken up again.
package struct RunStopped: Error {}
