import Client
import Policy
import Population
import Settlement
import Text

/// The result of a demonstration, as text and as JSON.
struct DemoReport {
    var examples: ExampleTable
    var ledger: DemoLedger
    var population: BatchLoad.Result
    var options: Demo

    /// Guarantees that did not hold; empty: all did.
    var problems: [String] {
        var problems: [String] = []
        if examples.disagreeing > 0 {
            problems.append("\(examples.disagreeing) worked examples disagree with their source")
        }
        problems += ledger.problems
        let sums = population.summary.all
        if sums.refused != 0 || sums.settled != Int(options.claims) || !sums.isConserving {
            problems.append("the population did not settle as it must")
        }
        return problems
    }

    private var perSecond: UInt64 {
        // At least a millisecond, so that the rate of a very short run stays finite.
        UInt64(Double(population.summary.all.settled) / max(population.seconds, 0.001))
    }

    /// The sums and the rate.
    var throughput: String {
        func milliseconds(_ nanoseconds: UInt64) -> String { SummaryText.tenths(Double(nanoseconds) / 1e6) + " ms" }
        let claims = MoneyText.grouped(UInt64(population.summary.all.settled))
        let seconds = SummaryText.tenths(population.seconds)
        return SummaryText.table(population.summary, seconds: population.seconds) + """

            Settlements per second: \(MoneyText.grouped(perSecond)) (\(claims) claims, \(seconds) s, \
            seed \(options.seed))
            Per call of up to \(options.batch) claims, of \(MoneyText.grouped(UInt64(population.calls))) calls: \
            p50 \(milliseconds(population.latency(0.5))), p99 \(milliseconds(population.latency(0.99))), \
            max \(milliseconds(population.latency(1)))
            \(options.connections) connections × \(options.inFlight) batches in flight; making and checking the claims \
            shares the machine with the server.

            """
    }

    /// The whole result as one JSON document, amounts in fen.
    var json: String {
        var json = JSONText()
        json.object { json in
            examples.write(to: &json)
            json.object("ledger") { ledger.write(to: &$0) }
            json.object("population") { json in
                json.field("claims", options.claims)
                json.field("seed", options.seed)
                json.field("connections", options.connections)
                json.field("in_flight", options.inFlight)
                json.field("batch", options.batch)
            }
            json.object("throughput") { json in
                json.field("nanoseconds", UInt64(population.seconds * 1e9))
                json.field("settlements_per_second", perSecond)
                json.field("calls", population.calls)
                json.field("latency_p50_nanoseconds", population.latency(0.5))
                json.field("latency_p99_nanoseconds", population.latency(0.99))
                json.field("latency_max_nanoseconds", population.latency(1))
            }
            json.object("totals") { SummaryText.write(population.summary, to: &$0) }
            json.field("conserves", population.summary.all.isConserving)
            json.array("problems") { json in
                for problem in problems { json.value(problem) }
            }
        }
        return json.text
    }
}
