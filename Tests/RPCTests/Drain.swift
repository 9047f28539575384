import Dispatch
import RPC

/// A drain on a thread of its own.
final class Drain: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let result = Result()

    private final class Result: @unchecked Sendable {
        // Safe to share: written before the semaphore is signalled, read after.
        var cutOff = -1
    }

    init(_ server: Server) {
        DispatchQueue.global().async { [done, result] in
            result.cutOff = server.drain()
            done.signal()
        }
    }

    func wait() -> Int {
        done.wait()
        return result.cutOff
    }
}
