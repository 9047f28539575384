import Dispatch
import Glibc
import Testing

/// The bound of every wait in a test: what has not come by then never comes, and a suite that hangs tells nobody which
/// test it was.
package enum Patience {
    package static let seconds = 120.0

    fileprivate static func record(_ what: String, _ location: SourceLocation) {
        Issue.record("\(what): waited for in vain for \(Int(seconds)) s", sourceLocation: location)
    }
}

extension Patience {
    /// Looks every ten milliseconds whether `isSo`, `seconds` at most; that it never was is an issue which names `what`.
    package static func until(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () throws -> Bool
    ) rethrows {
        for _ in 0..<Int(100 * seconds) {
            if try isSo() { return }
            usleep(10_000)
        }
        record(what, sourceLocation)
    }
}

extension DispatchSemaphore {
    /// Waits for a signal, `Patience.seconds` at most; that none came is an issue which names `what`.
    package func wait(for what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if wait(timeout: .now() + Patience.seconds) == .success { return }
        Patience.record(what, sourceLocation)
    }
}

extension DispatchGroup {
    /// Waits for all that entered, `Patience.seconds` at most; that one did not leave is an issue which names `what`.
    package func wait(for what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        if wait(timeout: .now() + Patience.seconds) == .success { return }
        Patience.record(what, sourceLocation)
    }
}
