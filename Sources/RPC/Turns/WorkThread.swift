import Dispatch
import Glibc
import Synchronization

/// A thread of its own that works when it is told to, and lets others go first where cores are short.
///
/// Dispatch's threads work for anybody: one that had been made to yield would do so for the next queue too.
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

    /// Has the thread work once more; it is made at the first time.
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

    /// The thread ends when it has done what it was told before.
    func end() {
        hasEnded.store(true, ordering: .releasing)
        bell.signal()
    }

    private func run() {
        // On Linux this is the calling thread's alone; where it is not allowed, the thread works like all others.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        while true {
            bell.wait()
            if hasEnded.load(ordering: .acquiring) { return }
            work()
        }
    }
}
