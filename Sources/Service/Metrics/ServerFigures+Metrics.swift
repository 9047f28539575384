import Ledger
import LedgerFormat
import RPC
import Settlement
import Text

extension ServerFigures {
    /// All metrics in Prometheus's text format.
    package var metricsText: [UInt8] {
        var text = MetricsText(capacity: 1 << 18)
        text.begin(.buildInfo)
        text.sample(.buildInfo, .init(.buildInfo, version.number, version.commit, version.compiler), 1)
        text.add(.isReady, health.isServing ? 1 : 0)
        if let metrics = serverMetrics {
            writeRequests(metrics, &text)
            writeQueues(metrics, &text)
            writeConnections(metrics, &text)
            if let access { write(access, metrics, &text) }
        }
        writeProcess(&text)
        return text.bytes
    }

    private func writeRequests(_ metrics: ServerMetrics, _ text: inout MetricsText) {
        let statistics = metrics.statistics
        text.begin(.requests)
        let native =
            statistics.requests
            - min(
                statistics.requests, statistics.requestsOfHTTP + statistics.requestsOfGRPC)
        for (name, count) in [
            ("baidu_std", native), ("grpc", statistics.requestsOfGRPC), ("http", statistics.requestsOfHTTP),
        ] {
            text.sample(.requests, .init(.requests, name), count)
        }
        text.begin(.duration)
        for method in metrics.methods {
            text.sample(.duration, .init(.duration, method.service, method.name), method.durations, digits: 9)
        }
        text.begin(.errors)
        for entry in ErrorRegistry.all {
            text.sample(
                .errors, .init(.errors, "\(entry.number)", entry.name), statistics.errors[entry.number] ?? 0)
        }
        let others = statistics.errors.filter { ErrorRegistry[$0.key] == nil }.values.reduce(0, +)
        text.sample(.errors, .init(.errors, "other", "OTHER"), others)
        text.add(.answersDropped, statistics.answersDropped)
        text.add(.bytesRead, statistics.bytesRead)
        text.add(.bytesWritten, statistics.bytesWritten)
    }

    private func writeQueues(_ metrics: ServerMetrics, _ text: inout MetricsText) {
        let statistics = metrics.statistics
        func gauge(_ metric: Metric, _ value: (ServerMetrics.OfQueue) -> Int) {
            text.begin(metric)
            for queue in metrics.queues { text.sample(metric, .init(metric, queue.name), UInt64(max(0, value(queue)))) }
        }
        gauge(.queueRequests) { $0.requests }
        gauge(.queueBytes) { $0.bytes }
        gauge(.queueThreads) { $0.threads }
        text.begin(.queueWait)
        for queue in metrics.queues { text.sample(.queueWait, .init(.queueWait, queue.name), queue.waits, digits: 9) }
        text.add(.uncommittedRequests, UInt64(max(0, statistics.uncommittedRequests)))
        text.add(.uncommittedBytes, UInt64(max(0, statistics.uncommittedBytes)))
        text.add(.heldBytes, UInt64(max(0, statistics.heldBytes)))
        text.add(.heldBytesMax, UInt64(metrics.heldBytesMax))
        text.add(.readingPauses, statistics.readingPauses)
        text.add(.workPauses, statistics.workPauses)
    }

    private func writeConnections(_ metrics: ServerMetrics, _ text: inout MetricsText) {
        let statistics = metrics.statistics
        text.add(.connections, UInt64(max(0, statistics.connectionsOpen)))
        text.add(.connectionsMax, UInt64(metrics.connectionsMax))
        text.add(.connectionsAccepted, statistics.connectionsAccepted)
        text.begin(.connectionsRefused)
        let forAddress = statistics.connectionsRefusedForAddress
        let forServer = statistics.connectionsRefused - min(statistics.connectionsRefused, forAddress)
        for (reason, count) in [("server_full", forServer), ("address_full", forAddress)] {
            text.sample(.connectionsRefused, .init(.connectionsRefused, reason), count)
        }
        text.begin(.connectionsClosed)
        let reasons = statistics.closedByReason
        let known = reasons.reduce(0) { $0 + $1.count }
        for (reason, count) in reasons + [
            ("other", statistics.connectionsClosed - min(statistics.connectionsClosed, known))
        ] {
            text.sample(.connectionsClosed, .init(.connectionsClosed, reason), count)
        }
        text.add(.acceptPauses, statistics.acceptPauses)
        text.add(.handshakes, statistics.handshakes)
        if let certificateExpiry { text.add(.certificateExpiry, UInt64(max(0, certificateExpiry))) }
    }

    private func writeProcess(_ text: inout MetricsText) {
        let process = slow.present.process
        text.add(.processCPU, ProcessFigures.cpuMicroseconds, digits: 6)
        text.add(.processFiles, UInt64(process.openFiles))
        text.add(.processFilesMax, UInt64(process.openFilesMax))
        text.add(.processMemory, UInt64(process.virtualBytes))
        text.add(.processResident, UInt64(process.residentBytes))
        text.add(.processStart, ProcessFigures.startHundredths, digits: 2)
    }
}
