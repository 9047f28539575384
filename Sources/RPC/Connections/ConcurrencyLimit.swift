import Dispatch

/// A counting semaphore: at most `count` holders at a time; `acquire` blocks while there are as many.
final class ConcurrencyLimit: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    init(_ count: Int) {
        // Created with 0, then signalled: Dispatch traps when a semaphore is released below its initial value.
        for _ in 0..<count { semaphore.signal() }
    }

    func acquire() { semaphore.wait() }

    func release() { semaphore.signal() }
}
