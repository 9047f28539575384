import Dispatch

/// So many at a time; who comes when all turns are taken waits.
final class Turns: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    init(_ count: Int) {
        // Made at 0 and filled: a semaphore that ends below the value it was made with is a fault to Dispatch.
        for _ in 0..<count { semaphore.signal() }
    }

    func take() { semaphore.wait() }

    func giveBack() { semaphore.signal() }
}
