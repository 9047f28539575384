import CEpoll
import Client
import Glibc

/// Waits for several sockets at once: epoll, with a wait in nanoseconds.
struct Poller: ~Copyable {
    /// Sockets that one wait reports; the others are next.
    private static let eventsMax = 64
    /// The kernel's usual slack of 50 µs would make every planned send late by as much.
    private static let slackNanoseconds: UInt = 1_000

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(ClientError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .misuse("epoll_create1: \(String(cString: strerror(errno)))") }
        events = .allocate(capacity: Self.eventsMax)
        events.initialize(repeating: epoll_event(), count: Self.eventsMax)
        // Of the calling thread, which is the one that will wait.
        _ = set_timer_slack(Self.slackNanoseconds)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// Begins to watch `socket` for bytes to read; `number` comes back with its events.
    func add(_ socket: Int32, number: Int) throws(ClientError) {
        try control(EPOLL_CTL_ADD, socket, number, EPOLLIN.rawValue)
    }

    /// Says whether room to write in `socket` is an event, too.
    func watch(_ socket: Int32, number: Int, toWrite: Bool) throws(ClientError) {
        try control(EPOLL_CTL_MOD, socket, number, EPOLLIN.rawValue | (toWrite ? EPOLLOUT.rawValue : 0))
    }

    private func control(_ operation: Int32, _ socket: Int32, _ number: Int, _ mask: UInt32) throws(ClientError) {
        var event = epoll_event()
        event.events = mask
        event.data.u64 = UInt64(number)
        guard epoll_ctl(descriptor, operation, socket, &event) == 0 else {
            throw .misuse("epoll_ctl: \(String(cString: strerror(errno)))")
        }
    }

    /// Waits at most `nanoseconds`; how many sockets are ready.
    func wait(nanoseconds: UInt64) -> Int {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        let count = epoll_pwait2(descriptor, events, Int32(Self.eventsMax), &time, nil)
        // A signal ends the wait early, and the loop looks at its clock as it always does.
        return max(0, Int(count))
    }

    /// The number of ready socket `index` of the last wait.
    func number(_ index: Int) -> Int { Int(events[index].data.u64) }
}
