import Ledger
import RPC
import WireMessages

/// A server's figures as messages, in a request's arena.
struct StatusWire {
    let arena: Arena

    func fill(
        _ response: inout Jiesuan__V1__GetStatusResponse, _ metrics: ServerMetrics
    ) throws(RequestProblem) {
        let statistics = metrics.statistics
        response.requests = statistics.requests
        response.received_bytes = statistics.bytesRead
        response.sent_bytes = statistics.bytesWritten
        response.held_bytes = UInt64(max(0, statistics.heldBytes))
        response.held_bytes_max = UInt64(metrics.heldBytesMax)
        response.connections = UInt32(clamping: statistics.connectionsOpen)
        response.connections_max = UInt32(clamping: metrics.connectionsMax)
        response.connections_accepted = statistics.connectionsAccepted
        response.connections_refused = statistics.connectionsRefused
        (response.n_duration_bounds, response.duration_bounds) = try values(HistogramBounds.durations.values)

        let called = metrics.methods.filter { $0.durations.count > 0 }
        response.n_methods = called.count
        response.methods = try messages(called, arena, jiesuan__v1__method_status__init) {
            (method, message) throws(RequestProblem) in
            message.pointee.service = try arena.string(method.service)
            message.pointee.method = try arena.string(method.name)
            message.pointee.answers = method.durations.count
            message.pointee.nanoseconds = method.durations.sum
            (message.pointee.n_buckets, message.pointee.buckets) = try values(method.durations.buckets)
        }
        response.n_queues = metrics.queues.count
        response.queues = try messages(metrics.queues, arena, jiesuan__v1__queue_status__init) {
            (queue, message) throws(RequestProblem) in
            message.pointee.name = try arena.string(queue.name)
            message.pointee.threads = UInt32(clamping: queue.threads)
            message.pointee.requests = UInt64(max(0, queue.requests))
            message.pointee.bytes = UInt64(max(0, queue.bytes))
        }
        let errors = statistics.errors.sorted { $0.key < $1.key }
        response.n_errors = errors.count
        response.errors = try messages(errors, arena, jiesuan__v1__error_status__init) {
            (error, message) throws(RequestProblem) in
            message.pointee.code = error.key
            message.pointee.answers = error.value
        }
    }

    func ledger(
        _ ledger: Ledger, _ metrics: ServerMetrics, _ figures: SlowFigures.Figures
    ) throws(RequestProblem) -> UnsafeMutablePointer<Jiesuan__V1__LedgerStatus>? {
        let made = try arena.array(1, of: Jiesuan__V1__LedgerStatus.self)
        guard let message = made.baseAddress else { return nil }
        jiesuan__v1__ledger_status__init(message)
        message.pointee.settled = ledger.counters.settled
        message.pointee.settlements = ledger.counters.settlementsBefore + ledger.counters.settled
        message.pointee.blocks = ledger.queue.durableBlock
        message.pointee.commits = metrics.commits.count
        message.pointee.commit_nanoseconds = metrics.commits.sum
        message.pointee.commit_under_way_nanoseconds = metrics.commitUnderWay ?? 0
        if let since = metrics.sinceLastCommit {
            message.pointee.last_commit_at = ServerFigures.now - min(ServerFigures.now, since / 1_000_000)
        }
        message.pointee.uncommitted_requests = UInt64(max(0, metrics.statistics.uncommittedRequests))
        message.pointee.journal_bytes = UInt64(figures.files.journal)
        message.pointee.log_bytes = UInt64(figures.files.log)
        message.pointee.index_bytes = UInt64(figures.files.index)
        message.pointee.disk_available_bytes = UInt64(figures.files.diskAvailable)
        message.pointee.year_end_stage = try arena.string(figures.yearEnd?.stage ?? "")
        message.pointee.year_end_per_mille = UInt32(1_000 * min(1, max(0, figures.yearEnd?.share ?? 0)))
        return message
    }

    private func values(
        _ values: [UInt64]
    ) throws(RequestProblem) -> (count: Int, start: UnsafeMutablePointer<UInt64>?) {
        let copy: UnsafeMutableBufferPointer<UInt64> = try arena.array(values.count)
        _ = copy.initialize(from: values)
        return (values.count, copy.baseAddress)
    }
}
