import Dispatch
import Glibc
import Synchronization

/// A thread with a lower priority (niceness) that runs one piece of work each time it is woken.
///
/// Not a Dispatch queue: Dispatch shares its threads, so a niceness set for one queue would stay for the next.
final class WorkThread: Sendable {
    private let name: String
    private let niceness: Int32
    private let work: @Sendable () -> Void
    private let bell = DispatchSemaphore(value: 0)
    private let hasStarted = Atomic(false)
    private let hasEnded = Atomic(false)

    /// - Parameter niceness: 0 … 19, the larger the less of a core while others want it.
    init(name: String, niceness: Int32, work: @escaping @Sendable () -> Void) {
        self.name = name
        self.niceness = niceness
        self.work = work
    }

    /// Wakes the thread for one more run; the first call creates it.
    func wake() {
        bell.signal()
        guard !hasStarted.exchange(true, ordering: .relaxed) else { return }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { pointer in
                Unmanaged<WorkThread>.fromOpaque(pointer!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(failure == 0, "the system gives no thread for \(name): \(String(cString: strerror(failure)))")
        pthread_detach(thread)
    }

    /// Ends the thread after the runs it was woken for.
    func end() {
        hasEnded.store(true, ordering: .releasing)
        bell.signal()
    }

    private func run() {
        // On Linux the value applies to the calling thread alone. If it is refused, the thread keeps the default
        // priority.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        while true {
            bell.wait()
            if hasEnded.load(ordering: .acquiring) { return }
            work()
        }
    }
}
