import Client
import Foundation
import Text

extension StatusView {
    /// One object: what holds now, what counts from the start, and rates a second between the looks.
    var json: String {
        var json = JSONText()
        json.object { json in
            json.field("version", status.version)
            json.field("commit", status.commit)
            json.field("ready", status.notReady.isEmpty)
            json.field("not_ready", status.notReady)
            json.field("started_at_ms", status.startedAt)
            json.field("now_ms", status.now)
            json.field("seconds", decimal: Self.plain(seconds))
            json.field("requests", status.requests)
            json.field("requests_per_second", decimal: Self.plain(rate { $0.requests }))
            json.field("errors_per_second", decimal: Self.plain(errorRate))
            json.field("received_bytes", status.receivedBytes)
            json.field("sent_bytes", status.sentBytes)
            json.field("cpu_cores", decimal: Self.plain(cores))
            json.field("resident_bytes", status.residentBytes)
            json.field("held_bytes", status.heldBytes)
            json.field("held_bytes_max", status.heldBytesMax)
            json.field("connections", status.connections)
            json.field("connections_max", status.connectionsMax)
            json.field("connections_accepted", status.connectionsAccepted)
            json.field("connections_refused", status.connectionsRefused)
            json.field("log_level", status.logLevel)
            json.field("slow_ms", status.slowMilliseconds)
            json.array("queues") { json in
                for queue in status.queues {
                    json.object { json in
                        json.field("name", queue.name)
                        json.field("threads", queue.threads)
                        json.field("requests", queue.requests)
                        json.field("bytes", queue.bytes)
                    }
                }
            }
            json.array("errors") { json in
                for error in status.errors {
                    json.object { json in
                        json.field("code", error.code)
                        json.field("answers", error.answers)
                    }
                }
            }
            json.array("methods") { json in
                for method in methods {
                    json.object { json in
                        json.field("method", method.name)
                        json.field("answers", method.answers)
                        json.field("mean_ms", decimal: Self.plain(method.meanMilliseconds))
                        if let p99 = method.p99 {
                            json.field("p99_within_ms", decimal: Self.plain(Double(p99) / 1e6))
                        } else {
                            json.null("p99_within_ms")
                        }
                    }
                }
            }
            guard let ledger = status.ledger else { return json.null("ledger") }
            json.object("ledger") { json in write(ledger, &json) }
        }
        return json.text
    }

    private func write(_ ledger: RemoteStatus.OfLedger, _ json: inout JSONText) {
        json.field("settlements", ledger.settlements)
        json.field("settled", ledger.settled)
        json.field("settlements_per_second", decimal: Self.plain(settlementRate))
        json.field("blocks", ledger.blocks)
        json.field("commits", ledger.commits)
        json.field("commits_per_second", decimal: Self.plain(commitRate))
        json.field("last_commit_at_ms", ledger.lastCommitAt)
        json.field("commit_under_way_ms", ledger.commitUnderWayNanoseconds / 1_000_000)
        json.field("uncommitted_requests", ledger.uncommittedRequests)
        json.field("journal_bytes", ledger.journalBytes)
        json.field("log_bytes", ledger.logBytes)
        json.field("index_bytes", ledger.indexBytes)
        json.field("disk_available_bytes", ledger.diskAvailableBytes)
        json.field("year_end_stage", ledger.yearEndStage)
        json.field("year_end_per_mille", ledger.yearEndPerMille)
    }

    private static func plain(_ value: Double) -> String { String(format: "%.3f", value) }
}
