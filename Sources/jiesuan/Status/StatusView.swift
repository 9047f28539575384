import Client
import Foundation
import Text

/// What a server did between two looks at it, for people and for programs.
struct StatusView {
    /// Methods that are shown, the busiest.
    static let methodsMax = 12

    /// A method's share of the time between the looks.
    struct Method {
        var name: String
        var answers: UInt64
        var nanoseconds: UInt64
        /// Nanoseconds within which 99 of 100 were answered, up to a bucket's bound; nil: longer than all of them.
        var p99: UInt64?

        var meanMilliseconds: Double { answers == 0 ? 0 : Double(nanoseconds) / Double(answers) / 1e6 }
    }

    let status: RemoteStatus
    /// Seconds between the looks, or since the start.
    let seconds: Double
    /// Those that answered something between the looks, the busiest first.
    let methods: [Method]
    private let before: RemoteStatus?

    /// - Parameter first: the look before; nil: everything since the server's start.
    init(from first: RemoteStatus?, to last: RemoteStatus) {
        status = last
        before = first
        seconds = max(0.001, Double(last.now) / 1_000 - Double(first?.now ?? last.startedAt) / 1_000)
        methods = last.methods.compactMap { Self.method($0, first, last.durationBounds) }
            .sorted { ($1.answers, $0.name) < ($0.answers, $1.name) }
    }

    private static func method(
        _ method: RemoteStatus.OfMethod, _ first: RemoteStatus?, _ bounds: [UInt64]
    ) -> Method? {
        let old = first?.methods.first { $0.service == method.service && $0.name == method.name }
        let answers = method.answers &- (old?.answers ?? 0)
        guard answers > 0, answers <= method.answers else { return nil }
        var result = Method(
            name: method.service.split(separator: ".").last.map { "\($0)/\(method.name)" } ?? method.name,
            answers: answers, nanoseconds: method.nanoseconds &- (old?.nanoseconds ?? 0))
        var seen: UInt64 = 0
        for (index, bound) in bounds.enumerated() where index < method.buckets.count {
            let oldBuckets = old?.buckets ?? []
            seen += method.buckets[index] &- (index < oldBuckets.count ? oldBuckets[index] : 0)
            if Double(seen) >= 0.99 * Double(answers) {
                result.p99 = bound
                break
            }
        }
        return result
    }

    /// How often in a second a number grew.
    func rate(_ value: (RemoteStatus) -> UInt64) -> Double {
        let old = before.map(value) ?? 0
        return Double(value(status) >= old ? value(status) - old : 0) / seconds
    }

    private func ledgerRate(_ value: @escaping (RemoteStatus.OfLedger) -> UInt64) -> Double {
        rate { $0.ledger.map(value) ?? 0 }
    }

    var errorRate: Double { rate { $0.errors.reduce(0) { $0 + $1.answers } } }
    var settlementRate: Double { ledgerRate { $0.settled } }
    var commitRate: Double { ledgerRate { $0.commits } }

    /// Mean milliseconds of a commit between the looks; nil: there was none.
    var commitMilliseconds: Double? {
        let commits = ledgerRate { $0.commits }
        return commits > 0 ? ledgerRate { $0.commitNanoseconds } / commits / 1e6 : nil
    }

    /// Cores that the process used.
    var cores: Double { rate { $0.cpuMicroseconds } / 1e6 }

    // MARK: Text

    var text: String {
        var table = TextTable([.left, .left])
        for (name, value) in lines { table.add([name, value]) }
        var lines = table.lines()
        if !methods.isEmpty {
            var calls = TextTable([.left, .right, .right, .right])
            calls.add(["method", "a second", "mean ms", "99 % within"])
            for method in methods.prefix(Self.methodsMax) {
                calls.add([
                    method.name, Self.number(Double(method.answers) / seconds), Self.decimals(method.meanMilliseconds),
                    method.p99.map { Self.decimals(Double($0) / 1e6) + " ms" } ?? "longer",
                ])
            }
            lines += [""] + calls.lines()
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var lines: [(String, String)] {
        var lines = [
            ("server", "jiesuan \(status.version), up \(Self.duration(Double(status.now - status.startedAt) / 1_000))"),
            ("state", status.notReady.isEmpty ? "ready" : "not ready: \(status.notReady)"),
            (
                "requests",
                "\(Self.number(rate { $0.requests })) a second, \(Self.number(errorRate)) errors; "
                    + "\(MoneyText.grouped(status.requests)) since the start"
            ),
            (
                "connections",
                "\(status.connections) of \(status.connectionsMax); \(status.connectionsRefused) refused"
            ),
            (
                "queues",
                status.queues.map { "\($0.name) \($0.requests)" }.joined(separator: ", ")
                    + " (\(Self.bytes(status.queues.reduce(0) { $0 + $1.bytes })))"
            ),
            (
                "process",
                "\(Self.decimals(cores)) cores, \(Self.bytes(status.residentBytes)) of memory, "
                    + "\(Self.bytes(status.heldBytes)) held for connections"
            ),
        ]
        if let ledger = status.ledger { lines += ledgerLines(ledger) }
        lines.append(
            (
                "log",
                "level \(status.logLevel), "
                    + (status.slowMilliseconds == 0 ? "no request is slow" : "slow from \(status.slowMilliseconds) ms")
            ))
        return lines
    }

    private func ledgerLines(_ ledger: RemoteStatus.OfLedger) -> [(String, String)] {
        let last =
            ledger.lastCommitAt == 0
            ? "none since the start"
            : "the last \(Self.duration(Double(status.now - min(status.now, ledger.lastCommitAt)) / 1_000)) ago"
        var lines = [
            (
                "ledger",
                "\(MoneyText.grouped(ledger.settlements)) settlements, \(Self.number(settlementRate)) a second; "
                    + "\(MoneyText.grouped(ledger.blocks)) blocks"
            ),
            (
                "commits",
                "\(Self.number(commitRate)) a second"
                    + (commitMilliseconds.map { " of \(Self.decimals($0)) ms" } ?? "") + ", \(last); "
                    + "\(ledger.uncommittedRequests) answers wait"
            ),
            (
                "files",
                "ledger \(Self.bytes(ledger.journalBytes)), log \(Self.bytes(ledger.logBytes)), "
                    + "index \(Self.bytes(ledger.indexBytes)), disk free \(Self.bytes(ledger.diskAvailableBytes))"
            ),
        ]
        if ledger.commitUnderWayNanoseconds > 1_000_000_000 {
            let seconds = Self.duration(Double(ledger.commitUnderWayNanoseconds) / 1e9)
            lines.append(("disk", "a commit has been running for \(seconds)"))
        }
        if !ledger.yearEndStage.isEmpty {
            lines.append(("year's end", "\(ledger.yearEndStage), \(ledger.yearEndPerMille / 10) %"))
        }
        return lines
    }

    // MARK: Figures

    /// A rate: whole from 10 on.
    static func number(_ value: Double) -> String {
        value < 10 && value != value.rounded() ? decimals(value) : MoneyText.grouped(UInt64(max(0, value.rounded())))
    }

    static func decimals(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.0f", value) }

    static func bytes(_ count: UInt64) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1_024 { return unit == "B" ? "\(count) B" : String(format: "%.1f \(unit)", value) }
            value /= 1_024
        }
        return String(format: "%.1f TiB", value)
    }

    static func duration(_ seconds: Double) -> String {
        let whole = UInt64(max(0, seconds))
        if whole < 60 { return "\(whole) s" }
        if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
        if whole < 86_400 { return "\(whole / 3_600) h \(whole % 3_600 / 60) min" }
        return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h"
    }
}
