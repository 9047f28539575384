import Dispatch
import Foundation
import Records
import Synchronization

/// The audit log of a server: takes events from any thread and writes them in groups on a thread of its own.
///
/// Where the disk takes nothing the events wait, `AuditLimit.waitingMax` at most, and the log says so by `failure`:
/// whoever does something that has to be in the log asks that first and refuses. Events of calls that were refused
/// anyway find no room then, are counted, and the log says how many as soon as it is written again.
package final class AuditLog: @unchecked Sendable {
    // Safe to share: what changes is behind the mutex; the writer is used by its thread only.

    /// Told of what goes wrong and that it goes on; on the log's thread.
    package typealias Observer = @Sendable (String) -> Void

    private enum Entry {
        case event(AuditEvent)
        case note(AuditNote)
    }

    private struct State {
        var waiting: [(Moment, Entry)] = []
        var lost = 0
        var isEnding = false
        var failure: String?
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)
    private let leaving = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let writer: AuditWriter
    private let waitingMax: Int
    private let now: @Sendable () -> Moment
    private let observer: Observer

    /// Opens the log of a folder, or makes it, and begins to write.
    ///
    /// - Throws: `AuditProblem`: the folder cannot be used, another server writes to it, or its end is not sound.
    package init(
        _ folder: String, fileBytesMax: Int = AuditLimit.fileBytes, waitingMax: Int = AuditLimit.waitingMax,
        now: @escaping @Sendable () -> Moment = AuditLog.clock, observer: @escaping Observer
    ) throws(AuditProblem) {
        var torn = 0
        writer = try AuditWriter(folder, fileBytesMax: fileBytesMax, torn: &torn)
        self.waitingMax = waitingMax
        self.now = now
        self.observer = observer
        if torn > 0 {
            observer("the audit log \(folder) ended with \(torn) bytes of an unfinished line, which were taken off")
            try write([(now(), .note(.repaired(bytes: torn)))])
        }
        try write([(now(), .note(.opened))])
        let thread = Thread { [self] in work() }
        thread.name = "jiesuan.audit"
        thread.start()
    }

    /// The wall clock.
    package static let clock: @Sendable () -> Moment = {
        Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// Takes an event; never blocks for longer than another thread needs to do the same.
    ///
    /// - Returns: whether there was room for it; otherwise it is counted as lost.
    @discardableResult
    package func record(_ event: AuditEvent) -> Bool {
        let time = now()
        let isTaken = state.withLock { state in
            guard state.waiting.count < waitingMax, !state.isEnding else {
                state.lost += 1
                return false
            }
            state.waiting.append((time, .event(event)))
            return true
        }
        if isTaken { bell.signal() }
        return isTaken
    }

    /// Why what has to be in the log is not to be done now; nil: it may.
    package var failure: String? {
        state.withLock { state in
            state.failure ?? (state.waiting.count >= waitingMax ? "\(waitingMax) events wait for its disk" : nil)
        }
    }

    /// Number and hash of the last line; for whoever keeps it elsewhere. Once the log has ended.
    package var head: AuditHead { writer.head }

    /// Writes what waits, says that the log was closed, and ends; events that come later are lost.
    package func end() {
        let isFirst = state.withLock { state in
            defer { state.isEnding = true }
            return !state.isEnding
        }
        guard isFirst else { return }
        leaving.signal()
        bell.signal()
        ended.wait()
    }

    // MARK: On the log's thread

    private func work() {
        while true {
            bell.wait()
            let isEnding = state.withLock(\.isEnding)
            writeWaiting(until: isEnding)
            if isEnding { break }
        }
        writer.end()
        ended.signal()
    }

    /// Writes all that waits; tries again where the disk takes nothing, for ever unless the server `isEnding`.
    private func writeWaiting(until isEnding: Bool) {
        var group = take()
        if isEnding { group.append((now(), .note(.closed))) }
        var isTold = false
        while !group.isEmpty {
            do throws(AuditProblem) {
                try write(group)
                if isTold { observer("the audit log is written again") }
                isTold = false
                state.withLock { $0.failure = nil }
                // What came meanwhile, and how many found no room.
                group = isEnding ? [] : take()
            } catch {
                state.withLock { $0.failure = error.description }
                if !isTold { observer("\(error); nothing that belongs into it is done until it is written again") }
                isTold = true
                if isEnding { return observer("\(group.count) lines of the audit log were not written") }
                _ = leaving.wait(timeout: .now() + .seconds(AuditLimit.retrySeconds))
                if state.withLock(\.isEnding) { return putBack(group) }
            }
        }
    }

    private func take() -> [(Moment, Entry)] {
        state.withLock { state in
            defer { (state.waiting, state.lost) = ([], 0) }
            return state.waiting + (state.lost > 0 ? [(now(), .note(.lost(state.lost)))] : [])
        }
    }

    /// The server ends: the next round tries once more and tells what was not written.
    private func putBack(_ group: [(Moment, Entry)]) {
        state.withLock { $0.waiting = group + $0.waiting }
        bell.signal()
    }

    private func write(_ entries: [(Moment, Entry)]) throws(AuditProblem) {
        try writer.write(
            entries.map { time, entry in
                switch entry {
                case .event(let event): (time, { AuditLine.text(event, sequence: $0, at: $1) })
                case .note(let note): (time, { AuditLine.text(note, sequence: $0, at: $1) })
                }
            })
    }
}
