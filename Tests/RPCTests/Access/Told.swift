import Synchronization

/// Codes of the denials that a server told of.
final class Told: Sendable {
    private let all = Mutex<[Int32]>([])

    func add(_ code: Int32) { all.withLock { $0.append(code) } }
    var codes: [Int32] { all.withLock { $0 } }
}
