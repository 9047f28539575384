import Foundation
import Glibc
import Logging
import Synchronization

/// Accepts connections on a thread of its own, so that they come in however busy the event loops are.
final class Acceptor: Sendable {
    let listener: ListeningSocket
    private let limiter: ConnectionLimiter
    private let logger: Logger
    private let isStopping = Atomic<Bool>(false)
    /// Whether the socket listens on after the end, for another acceptor.
    private let keepsListening = Atomic<Bool>(false)
    /// A pipe that is readable when the thread is to end.
    private let wake: (reading: Int32, writing: Int32)
    private let pauses = Atomic<UInt64>(0)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ listener: ListeningSocket, limiter: ConnectionLimiter, logger: Logger) {
        self.listener = listener
        self.limiter = limiter
        self.logger = logger
        var pipes: [Int32] = [-1, -1]
        precondition(pipe(&pipes) == 0, "no descriptor for a pipe")
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wake = (pipes[0], pipes[1])
    }

    /// Times that accepting paused because the system had no descriptor or no memory for a connection.
    var pauseCount: UInt64 { pauses.load(ordering: .relaxed) }

    /// Accepts until `stop`; once.
    func start() {
        let thread = Thread { [self] in
            run()
            if !keepsListening.load(ordering: .sequentiallyConsistent) { close(listener.descriptor) }
            isDone.signal()
        }
        thread.name = "jiesuan.accept"
        thread.start()
    }

    /// Accepts no more; connections that are still with the kernel are reset. Blocks until the thread has ended; after
    /// `start`, once.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        _ = write(wake.writing, [1], 1)
        isDone.wait()
    }

    /// The same, but the socket listens on: connections wait with the kernel until another acceptor has it.
    func handOver() -> ListeningSocket {
        keepsListening.store(true, ordering: .sequentiallyConsistent)
        stop()
        return listener
    }

    deinit {
        close(wake.reading)
        close(wake.writing)
    }

    private func run() {
        var turn = 0
        var isPaused = false
        // Between the look and `accept` a connection may go away.
        _ = fcntl(listener.descriptor, F_SETFL, fcntl(listener.descriptor, F_GETFL) | O_NONBLOCK)
        while !isStopping.load(ordering: .relaxed) {
            guard let accepted = accept(&isPaused) else { continue }
            limiter.receive(accepted, at: limiter.shards[turn])
            turn = (turn + 1) % limiter.shards.count
        }
    }

    /// The next connection; nil: there is none now.
    private func accept(_ isPaused: inout Bool) -> AcceptedSocket? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = withUnsafeMutableBytes(of: &storage) {
            Glibc.accept(listener.descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        if descriptor >= 0 {
            if isPaused { logger.notice("accepting connections again") }
            isPaused = false
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return AcceptedSocket(descriptor: descriptor, peer: PeerAddress(storage))
        }
        switch errno {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: pause(errno, &isPaused)
        case EAGAIN: waitForConnection()
        // The socket is broken: it would come again at once.
        case EINVAL, EBADF: pause(errno, &isPaused)
        // A connection that was gone before it was accepted, or a signal: the next one may be well.
        default: break
        }
        return nil
    }

    /// Waits until there is a connection, or the end.
    private func waitForConnection() {
        let events = Int16(POLLIN)
        var descriptors = [
            pollfd(fd: listener.descriptor, events: events, revents: 0),
            pollfd(fd: wake.reading, events: events, revents: 0),
        ]
        poll(&descriptors, nfds_t(descriptors.count), -1)
    }

    /// Waits a little; said once, until accepting goes on.
    private func pause(_ error: Int32, _ isPaused: inout Bool) {
        pauses.add(1, ordering: .relaxed)
        if !isPaused {
            logger.error(
                """
                cannot accept connections: \(String(cString: strerror(error))); trying again every \
                \(Limits.acceptPauseMilliseconds) ms. Raise the limit of open files, or find who uses them up
                """)
        }
        isPaused = true
        usleep(UInt32(Limits.acceptPauseMilliseconds) * 1000)
    }
}
