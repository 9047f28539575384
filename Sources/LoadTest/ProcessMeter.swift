// Where epoll is imported, its header owns `timespec`.
import CEpoll
import Foundation
import Measurement

/// What a process of this machine has used.
package struct ProcessMeter: Sendable {
    package let pid: Int32

    /// - Throws: `LoadProblem` where there is no such process, or it may not be looked at.
    package init(pid: Int32) throws(LoadProblem) {
        self.pid = pid
        if cpuSeconds == nil { throw LoadProblem("--server-pid \(pid): there is no such process on this machine") }
    }

    /// CPU time so far, of user and system together, to the nanosecond; nil: the process is gone.
    package var cpuSeconds: Double? {
        // /proc/PID/stat counts in hundredths of a second, which is coarser than a short run.
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Resident memory in bytes; 0: the process is gone.
    package var residentBytes: UInt64 {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Takes a process's CPU time at the beginning and at the end of what is measured.
final class ProcessWatch {
    private let meter: ProcessMeter
    private var before: Double?
    private var after: Double?

    init(_ meter: ProcessMeter) { self.meter = meter }

    func begin() { before = meter.cpuSeconds }
    func end() { after = meter.cpuSeconds }

    /// - Parameter claims: that were settled rightly meanwhile.
    func use(claims: Double) -> ProcessUse? {
        guard let before, let after else { return nil }
        var use = ProcessUse()
        use.cpuSeconds = max(0, after - before)
        if claims > 0 { use.cpuPerClaim = use.cpuSeconds / claims * 1e9 }
        use.residentBytes = meter.residentBytes
        return use
    }
}
