import Dispatch
import Foundation
import RPC
import TestSupport
import Testing

/// A drain on a thread of its own.
final class Drain: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let result = Result()

    private final class Result: @unchecked Sendable {
        // Safe to share: written before the semaphore is signalled, read after.
        var cutOff = -1
    }

    init(_ server: Server) {
        // Threads of queues may all wait in other tests.
        Thread.detachNewThread { [done, result] in
            result.cutOff = server.drain()
            done.signal()
        }
    }

    func wait(sourceLocation: SourceLocation = #_sourceLocation) -> Int {
        done.wait(for: "the end of the drain", sourceLocation: sourceLocation)
        return result.cutOff
    }
}
