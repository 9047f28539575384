import Dispatch
import Testing

extension DispatchSemaphore {
    /// Waits for a signal, two minutes at most: a suite that hangs tells nobody which test it was. That none came is an
    /// issue which names what was waited for.
    func wait(for what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if wait(timeout: .now() + 120) == .success { return }
        Issue.record("\(what): waited for in vain", sourceLocation: sourceLocation)
    }
}

extension DispatchGroup {
    /// The same, for all that entered.
    func wait(for what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if wait(timeout: .now() + 120) == .success { return }
        Issue.record("\(what): waited for in vain", sourceLocation: sourceLocation)
    }
}
