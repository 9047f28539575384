import RPC
import WireMessages

/// What a server does, as it told at one moment; numbers of things count from its start.
package struct RemoteStatus: Sendable {
    package struct OfMethod: Sendable, Equatable {
        package var service: String
        package var name: String
        package var answers: UInt64
        package var nanoseconds: UInt64
        /// Answers by duration: one bucket for each bound, and one above.
        package var buckets: [UInt64]
    }

    package struct OfQueue: Sendable, Equatable {
        package var name: String
        package var threads: UInt32
        package var requests: UInt64
        package var bytes: UInt64
    }

    package struct OfLedger: Sendable, Equatable {
        package var settlements: UInt64 = 0
        package var settled: UInt64 = 0
        package var blocks: UInt64 = 0
        package var commits: UInt64 = 0
        package var commitNanoseconds: UInt64 = 0
        package var commitUnderWayNanoseconds: UInt64 = 0
        /// Milliseconds since 1970; 0: there was none.
        package var lastCommitAt: UInt64 = 0
        package var uncommittedRequests: UInt64 = 0
        package var journalBytes: UInt64 = 0
        package var logBytes: UInt64 = 0
        package var indexBytes: UInt64 = 0
        package var diskAvailableBytes: UInt64 = 0
        /// Empty: no year's end is at work.
        package var yearEndStage = ""
        package var yearEndPerMille: UInt32 = 0
    }

    package var version: String
    package var commit: String
    /// Empty: it takes calls.
    package var notReady: String
    /// Milliseconds since 1970, of the server's clock.
    package var startedAt: UInt64
    package var now: UInt64
    package var requests: UInt64
    package var receivedBytes: UInt64
    package var sentBytes: UInt64
    package var cpuMicroseconds: UInt64
    package var residentBytes: UInt64
    package var heldBytes: UInt64
    package var heldBytesMax: UInt64
    package var connections: UInt32
    package var connectionsMax: UInt32
    package var connectionsAccepted: UInt64
    package var connectionsRefused: UInt64
    /// Nanoseconds, ascending.
    package var durationBounds: [UInt64]
    package var methods: [OfMethod]
    package var queues: [OfQueue]
    /// By code.
    package var errors: [(code: Int32, answers: UInt64)]
    /// nil: the server has none.
    package var ledger: OfLedger?
    package var logLevel: String
    package var slowMilliseconds: UInt32
}

/// `StatusService` at a server.
package struct StatusClient {
    private let client: Client

    package init(_ client: Client) { self.client = client }

    package func status() throws(ClientError) -> RemoteStatus {
        let answer = try client.call(service: ServiceName.status, method: "GetStatus", message: [])
        return try unpacked(
            answer, jiesuan__v1__get_status_response__unpack, jiesuan__v1__get_status_response__free_unpacked
        ) { message throws(ClientError) in RemoteStatus(message) }
    }

    /// Changes the server's log; nil: it stays as it is. Returns what holds from now on.
    package func setLog(
        level: String?, slowMilliseconds: UInt32?
    ) throws(ClientError) -> (level: String, slowMilliseconds: UInt32) {
        let objects = WireObjects()
        let request = objects.make(jiesuan__v1__set_log_request__init)
        request.pointee.level = objects.string(level ?? "")
        request.pointee.sets_slow = slowMilliseconds == nil ? 0 : 1
        request.pointee.slow_milliseconds = slowMilliseconds ?? 0
        let bytes = packed(
            request, jiesuan__v1__set_log_request__get_packed_size, jiesuan__v1__set_log_request__pack)
        let answer = try client.call(service: ServiceName.status, method: "SetLog", message: bytes)
        return try unpacked(
            answer, jiesuan__v1__set_log_response__unpack, jiesuan__v1__set_log_response__free_unpacked
        ) { message throws(ClientError) in (wireText(message.level), message.slow_milliseconds) }
    }
}

extension RemoteStatus {
    fileprivate init(_ message: Jiesuan__V1__GetStatusResponse) {
        version = wireText(message.version)
        commit = wireText(message.commit)
        notReady = wireText(message.not_ready)
        (startedAt, now) = (message.started_at, message.now)
        requests = message.requests
        (receivedBytes, sentBytes) = (message.received_bytes, message.sent_bytes)
        (cpuMicroseconds, residentBytes) = (message.cpu_microseconds, message.resident_bytes)
        (heldBytes, heldBytesMax) = (message.held_bytes, message.held_bytes_max)
        (connections, connectionsMax) = (message.connections, message.connections_max)
        (connectionsAccepted, connectionsRefused) = (message.connections_accepted, message.connections_refused)
        durationBounds = Self.values(message.duration_bounds, message.n_duration_bounds)
        methods = Self.messages(message.methods, message.n_methods).map { method in
            OfMethod(
                service: wireText(method.service), name: wireText(method.method), answers: method.answers,
                nanoseconds: method.nanoseconds, buckets: Self.values(method.buckets, method.n_buckets))
        }
        queues = Self.messages(message.queues, message.n_queues).map { queue in
            OfQueue(name: wireText(queue.name), threads: queue.threads, requests: queue.requests, bytes: queue.bytes)
        }
        errors = Self.messages(message.errors, message.n_errors).map { ($0.code, $0.answers) }
        ledger = (message.ledger?.pointee).map(OfLedger.init)
        logLevel = wireText(message.log_level)
        slowMilliseconds = message.slow_milliseconds
    }

    private static func values(_ start: UnsafeMutablePointer<UInt64>?, _ count: Int) -> [UInt64] {
        Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private static func messages<Message>(
        _ start: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [Message] {
        UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).compactMap { $0?.pointee }
    }
}

extension RemoteStatus.OfLedger {
    fileprivate init(_ message: Jiesuan__V1__LedgerStatus) {
        (settlements, settled, blocks) = (message.settlements, message.settled, message.blocks)
        (commits, commitNanoseconds) = (message.commits, message.commit_nanoseconds)
        commitUnderWayNanoseconds = message.commit_under_way_nanoseconds
        (lastCommitAt, uncommittedRequests) = (message.last_commit_at, message.uncommitted_requests)
        (journalBytes, logBytes, indexBytes) = (message.journal_bytes, message.log_bytes, message.index_bytes)
        diskAvailableBytes = message.disk_available_bytes
        (yearEndStage, yearEndPerMille) = (wireText(message.year_end_stage), message.year_end_per_mille)
    }
}
