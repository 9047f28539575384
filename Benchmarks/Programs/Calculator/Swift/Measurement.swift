import CCalculator
import Glibc
import Settlement

/// Nanoseconds per settlement of many rounds.
struct Measurement {
    var swift: [Double] = []
    var c: [Double] = []

    /// Swift's time divided by C's, by round: both ran within the same few milliseconds.
    var ratios: [Double] { zip(swift, c).map { $0 / $1 } }

    /// Runs `rounds` rounds of each side in turn; which one goes first changes from round to round.
    init(of workload: Workload, rounds: Int) throws {
        let tables = CTables(workload)
        var outcome = Outcome()
        var cOutcome = calculator_outcome()
        func timeSwift() throws -> Double {
            try time(workload) { state in
                swiftRound(workload, year: &state.year, accounts: &state.accounts, outcome: &outcome)
            }
        }
        func timeC() throws -> Double { try time(workload) { cRound(tables, state: &$0, outcome: &cOutcome) } }

        // One additional round, the first, to warm up caches and predictors.
        for round in 0...rounds {
            var first = 0.0
            var second = 0.0
            if round.isMultiple(of: 2) {
                first = try timeSwift()
                second = try timeC()
            } else {
                second = try timeC()
                first = try timeSwift()
            }
            if round > 0 {
                swift.append(first)
                c.append(second)
            }
        }
    }
}

/// Nanoseconds per claim of one round, starting from the workload's state.
private func time(_ workload: Workload, _ round: (inout MovingState) -> Fen?) throws -> Double {
    var state = MovingState(workload)
    let start = threadNanoseconds()
    let cash = round(&state)
    let spent = threadNanoseconds() - start
    guard cash != nil else { throw Difference(description: "\(workload.name): a claim was refused") }
    return Double(spent) / Double(workload.claims.count)
}

/// The CPU time of this thread, which other programs do not affect.
private func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension [Double] {
    /// The median.
    var middle: Double { sorted()[count / 2] }

    /// "min median max" of the values, with `digits` decimals.
    func spread(digits: Int) -> String {
        let sorted = self.sorted()
        return [sorted[0], sorted[count / 2], sorted[count - 1]].map { value in
            var scale = 1.0
            for _ in 0..<digits { scale *= 10 }
            let text = String((value * scale).rounded() / scale)
            return String(repeating: " ", count: Swift.max(0, 9 - text.count)) + text
        }.joined()
    }
}
