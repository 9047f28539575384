import Foundation
import LoadTest
import Measurement
import Policy
import RPC
import Text

/// The text output of a load run, and its exit code.
struct LoadReport {
    private let target: String
    private let isQuiet: Bool
    private var wrong: UInt64 = 0
    private var complaints: [String] = []
    private var errors: UInt64 = 0
    private var unanswered: UInt64 = 0
    private var lost: (any Error)?

    /// - Parameter isQuiet: prints nothing, because the standard output is for a program.
    init(target: String, isQuiet: Bool) {
        self.target = target
        self.isQuiet = isQuiet
    }

    mutating func add(_ outcome: LoadBench.Outcome) {
        wrong += outcome.record.wrong
        complaints = Array((complaints + outcome.complaints).prefix(5))
        errors += outcome.record.errors.reduce(0) { $0 + $1.count }
        unanswered += outcome.record.unanswered
        lost = lost ?? outcome.error
    }

    /// - Throws: the exit code for a wrong answer, which takes precedence.
    func judgeAnswers() throws {
        if wrong == 0 { return }
        throw Failure(
            .wrongAnswers, "\(wrong) wrong answers; the first: " + complaints.joined(separator: "\n  "))
    }

    /// - Throws: the exit code for other failures. A ramp exceeds the server's capacity on purpose, so refusals there
    ///   are no failure.
    func judge(isRamp: Bool, wasStopped: Bool) throws {
        if let lost, !wasStopped { throw lost }
        if isRamp || wasStopped { return }
        var problems: [String] = []
        if errors > 0 { problems.append("\(counted(errors, "request was", "requests were")) refused") }
        if unanswered > 0 {
            problems.append("\(counted(unanswered, "request was", "requests were")) not answered in time")
        }
        if !problems.isEmpty { throw Failure(.someRefused, problems.joined(separator: "; ")) }
    }

    private func write(_ text: String) { if !isQuiet { Terminal.announce(text) } }

    // MARK: One run

    func announce(_ options: LoadOptions, _ shape: LoadShape) {
        var what = options.kind.rawValue
        if options.kind == .mixed {
            what += " (" + options.parts.map { "\($0.kind.rawValue) \($0.weight)" }.joined(separator: ", ") + ")"
        }
        if options.claimsOfRequest > 1 { what += ", batches of \(options.claims) claims" }
        if shape.wire != .native { what += ", \(shape.wire.rawValue)" }
        if options.compression != .none { what += ", \(options.compression)" }
        if options.duplicatesPerMille > 0 { what += ", \(options.duplicatesPerMille) ‰ repeated" }
        let loop: String =
            switch shape.loop {
            case .closed: "closed loop"
            case .open(let rate, let arrivals):
                "open loop, \(LoadText.rate(rate)) requests/s, \(arrivals.rawValue)"
                    + (shape.tick > 0 ? ", sent every \(shape.tick) µs" : "")
            }
        write(
            """
            \(what) at \(target)
            \(loop): \(LoadText.number(shape.connections, "connection")) × \(shape.inFlight) in flight, \
            \(LoadText.number(shape.threads, "thread")), seed \(options.seed)

            """)
    }

    func print(_ outcome: LoadBench.Outcome) {
        let record = outcome.record
        var rates = TextTable([.left, .right, .right, .right])
        rates.add(["", "requests/s", "claims/s", "requests"])
        if let offered = record.offered { rates.add(["offered", LoadText.rate(offered)]) }
        rates.add(["achieved", LoadText.rate(record.achieved), "", LoadText.count(record.answered)])
        let refused = record.errors.reduce(0) { $0 + $1.count }
        rates.add([
            "good", LoadText.rate(record.good), LoadText.rate(record.goodClaims), LoadText.count(record.latency.count),
        ])
        if record.offered != nil { rates.add(["missed", "", "", LoadText.count(record.missed)]) }
        rates.add(["unanswered", "", "", LoadText.count(record.unanswered)])
        rates.add(["wrong", "", "", LoadText.count(record.wrong)])
        rates.add(["errors", "", "", LoadText.count(refused)])
        for error in record.errors {
            rates.add(["  \(error.code) \(error.name)", "", "", LoadText.count(error.count)])
        }
        write(rates.lines().joined(separator: "\n"))

        var times = TextTable([.left, .right, .right, .right, .right, .right, .right])
        times.add(["", "p50", "p90", "p99", "p99.9", "p99.99", "max"])
        times.add(["latency"] + LoadText.percentiles(record.latency))
        // In a closed loop both are the same, because a request is due when it is sent.
        if let lateness = record.lateness {
            times.add(["service time"] + LoadText.percentiles(record.service))
            times.add(["sent late by"] + LoadText.percentiles(lateness))
        }
        write("\n" + times.lines().joined(separator: "\n") + "\n")

        for (name, use) in [("server", record.server), ("client", record.client)] {
            guard let use else { continue }
            let share = record.seconds > 0 ? use.cpuSeconds / record.seconds : 0
            write(
                String(
                    format: "%@ CPU %@ a claim, %.2f cores; %llu MB resident", name,
                    LoadText.time(Int64(use.cpuPerClaim)), share, use.residentBytes >> 20))
        }
        let seconds = LoadText.time(Int64(record.seconds * 1e9))
        write("\(seconds) measured; checksum of the right outcomes \(record.checksum)")
    }

    // MARK: A ramp

    /// Widths of a ramp's columns, fixed because rows are printed one by one.
    private static let rampColumns = [10, 12, 12, 12, 10, 10, 10, 10, 10, 8]

    private func row(_ cells: [String]) {
        let padded = zip(cells, Self.rampColumns).enumerated().map { index, pair in
            index == 0 ? DisplayWidth.padded(pair.0, to: pair.1) : DisplayWidth.aligned(pair.0, to: pair.1)
        }
        write(padded.joined(separator: " "))
    }

    func printRampHead() {
        row(["", "offered/s", "good/s", "missed", "refused", "p50", "p99", "p99.9", "max", "MB"])
    }

    func printStep(_ name: String, _ outcome: LoadBench.Outcome) {
        let record = outcome.record
        let refused = record.errors.reduce(0) { $0 + $1.count } + record.unanswered
        row([
            name, record.offered.map(LoadText.rate) ?? "closed", LoadText.rate(record.good),
            LoadText.count(record.missed), LoadText.count(refused), LoadText.time(record.latency.p50),
            LoadText.time(record.latency.p99), LoadText.time(record.latency.p99_9), LoadText.time(record.latency.max),
            record.server.map { "\($0.residentBytes >> 20)" } ?? "",
        ])
    }

    func printKnee(_ record: RampRecord) {
        write("")
        guard let knee = record.knee else {
            return write("No knee: not even the lowest rate is that of a server that keeps up.")
        }
        let share = record.capacity > 0 ? knee.rate / record.capacity : 0
        write(
            String(
                format: "Knee: %@ requests/s, %.0f %% of the capacity, p99 %@; %@", LoadText.rate(knee.rate),
                100 * share, LoadText.time(knee.p99), knee.reason))
    }
}

/// Figures of a load run as text.
enum LoadText {
    /// "412,345"; below a hundred with one decimal.
    static func rate(_ perSecond: Double) -> String {
        perSecond < 100 ? String(format: "%.1f", perSecond) : MoneyText.grouped(UInt64(perSecond.rounded()))
    }

    /// "1 thread", "2 threads".
    static func number(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    static func count(_ number: UInt64) -> String { MoneyText.grouped(number) }

    static func percentiles(_ record: LatencyRecord) -> [String] {
        if record.count == 0 { return [String](repeating: "-", count: 6) }
        return [record.p50, record.p90, record.p99, record.p99_9, record.p99_99, record.max].map(time)
    }

    /// Three significant digits, in a suitable unit.
    static func time(_ nanoseconds: Int64) -> String {
        let units: [(limit: Double, unit: String)] = [(1e3, "ns"), (1e6, "µs"), (1e9, "ms"), (.infinity, "s")]
        let value = Double(nanoseconds)
        var scale = 1.0
        for (limit, unit) in units {
            guard value < limit else {
                scale = limit
                continue
            }
            let scaled = value / scale
            let format = scaled < 10 && scale > 1 ? "%.2f %@" : scaled < 100 && scale > 1 ? "%.1f %@" : "%.0f %@"
            return String(format: format, scaled, unit)
        }
        return "\(nanoseconds) ns"
    }
}
