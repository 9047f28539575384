extension Metric {
    static let ofServer = [buildInfo, isReady, requests, duration, errors, answersDropped, bytesRead, bytesWritten]
    static let ofQueues = [
        queueRequests, queueBytes, queueThreads, queueWait, uncommittedRequests, uncommittedBytes, heldBytes,
        heldBytesMax, readingPauses, workPauses,
    ]
    static let ofConnections = [
        connections, connectionsMax, connectionsAccepted, connectionsRefused, connectionsClosed, acceptPauses,
        handshakes, certificateExpiry,
    ]

    static let buildInfo = Metric(
        "jiesuan_build_info", .gauge, labels: ["version", "commit", "swift"],
        "Always 1; the labels say which program runs.")
    static let isReady = Metric(
        "jiesuan_ready", .gauge, "1 while the server takes calls, as /readyz says; 0 while it does not.")
    static let requests = Metric(
        "jiesuan_requests_total", .counter, labels: ["protocol"],
        "Requests that came, by protocol: baidu_std, grpc or http. Streams of gRPC and refused requests are among them."
    )
    static let duration = Metric(
        "jiesuan_request_duration_seconds", .histogram, labels: ["service", "method"],
        "Seconds from the read that brought the end of a request to its answer on its way out, with the commit.")
    static let errors = Metric(
        "jiesuan_request_errors_total", .counter, labels: ["code", "name"],
        "Requests that were answered with an error, by its code in docs/calling/errors.md.")
    static let answersDropped = Metric(
        "jiesuan_answers_dropped_total", .counter, "Answers whose connection had gone before they could leave.")
    static let bytesRead = Metric("jiesuan_received_bytes_total", .counter, "Bytes read from connections.")
    static let bytesWritten = Metric("jiesuan_sent_bytes_total", .counter, "Bytes handed to connections.")

    static let queueRequests = Metric(
        "jiesuan_queue_requests", .gauge, labels: ["queue"],
        "Requests that wait or are worked on; queue: worker, reader or sequencer.")
    static let queueBytes = Metric("jiesuan_queue_bytes", .gauge, labels: ["queue"], "Bytes of these requests.")
    static let queueThreads = Metric(
        "jiesuan_queue_threads", .gauge, labels: ["queue"], "Threads that work on the requests of a queue.")
    static let queueWait = Metric(
        "jiesuan_queue_wait_seconds", .histogram, labels: ["queue"],
        "Seconds from the read that brought a request to the beginning of the work on it.")
    static let uncommittedRequests = Metric(
        "jiesuan_uncommitted_requests", .gauge, "Requests whose answers wait until their records are durable.")
    static let uncommittedBytes = Metric(
        "jiesuan_uncommitted_bytes", .gauge, "Bytes of these requests and of their answers.")
    static let heldBytes = Metric(
        "jiesuan_held_bytes", .gauge,
        "Bytes that connections hold: packets that are not whole, and answers that have not left.")
    static let heldBytesMax = Metric("jiesuan_held_bytes_max", .gauge, "The most that connections may hold, in bytes.")
    static let readingPauses = Metric(
        "jiesuan_reading_pauses_total", .counter, "Times that a connection was not read because it had enough waiting.")
    static let workPauses = Metric(
        "jiesuan_work_pauses_total", .counter,
        "Times that requests of a connection were left alone because its answers did not leave.")

    static let connections = Metric("jiesuan_connections", .gauge, "Connections that are open.")
    static let connectionsMax = Metric("jiesuan_connections_max", .gauge, "The most connections at once.")
    static let connectionsAccepted = Metric(
        "jiesuan_connections_accepted_total", .counter, "Connections that were let in.")
    static let connectionsRefused = Metric(
        "jiesuan_connections_refused_total", .counter, labels: ["reason"],
        "Connections that were not let in; reason: server_full, or address_full where their address had its share.")
    static let connectionsClosed = Metric(
        "jiesuan_connections_closed_total", .counter, labels: ["reason"],
        """
        Connections that were closed, by reason: bad_bytes, flood, slow_reader, unfinished_request, memory, idle, \
        gave_way, peer_gone, handshake (of TLS), no_tls, unwanted_tls; other: by the peer, or because the server drains.
        """)
    static let acceptPauses = Metric(
        "jiesuan_accept_pauses_total", .counter,
        "Times that accepting rested because the system had no descriptor or memory for a connection.")
    static let handshakes = Metric("jiesuan_tls_handshakes_total", .counter, "TLS handshakes that were done.")
    static let certificateExpiry = Metric(
        "jiesuan_tls_certificate_expiry_timestamp_seconds", .gauge, isOptional: true,
        "When the server's certificate expires, in seconds since 1970; left out without TLS.")
}
