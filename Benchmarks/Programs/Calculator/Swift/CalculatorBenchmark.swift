import ArgumentParser
import CCalculator
import Settlement

/// The calculator to run, for instruction counts.
enum Side: String, CaseIterable, ExpressibleByArgument { case both, swift, c }

@main
struct CalculatorBenchmark: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "calculator-benchmark",
            abstract: "Times the Swift calculator against the same algorithm in C, alternating in one process.",
            discussion: """
                First both settle the same generated claims, and as many with faults, and must agree in every
                number; any difference ends the run with an error. Then they take turns over the claims.
                """)
    }

    @Option(help: "Rounds of each side.")
    var rounds = 500

    @Option(help: "Claims of a round.")
    var claims = 10_000

    @Option(help: "Seed of the claims.")
    var seed: UInt64 = 20_240_101

    @Option(help: "Run only one side's rounds, untimed and uncompared: for counting instructions.")
    var side = Side.both

    @Option(help: "Only the workload whose name contains this.")
    var workload = ""

    @Flag(help: "Print a line of JSON for each workload: the medians, ns of a settlement.")
    var json = false

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds is at least 1") }
        guard claims > 0 else { throw ValidationError("--claims is at least 1") }
    }

    func run() throws {
        let workloads = [
            Yantai.residentInpatients(claims: claims, seed: seed),
            Chongqing.employeeSpecialDiseases(claims: claims, seed: seed),
        ].filter { workload.isEmpty || $0.name.contains(workload) }
        for workload in workloads {
            switch side {
            case .both: try measure(workload)
            case .swift: try runSwift(workload)
            case .c: try runC(workload)
            }
        }
    }

    private func measure(_ workload: Workload) throws {
        if !json { print("\(workload.name) (seed \(seed))") }
        for compared in [workload, workload.hostile(seed: seed &+ 1)] {
            let count = try compare(compared)
            if json { continue }
            let refused = count.refused.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            print(
                "  equal: \(count.settled) settled, \(count.layers) layers; refused:",
                refused.isEmpty ? "none" : refused.joined(separator: ", "))
        }
        let measurement = try Measurement(of: workload, rounds: rounds)
        if json {
            print(
                "{\"workload\":\"\(workload.name)\",\"swift\":\(measurement.swift.middle),"
                    + "\"c\":\(measurement.c.middle),\"ratio\":\(measurement.ratios.middle)}")
            return
        }
        print("                        min   median      max")
        print("  Swift, ns       \(measurement.swift.spread(digits: 1))")
        print("  C, ns           \(measurement.c.spread(digits: 1))")
        print("  ratio           \(measurement.ratios.spread(digits: 3))")
    }

    private func runSwift(_ workload: Workload) throws {
        var outcome = Outcome()
        for _ in 0..<rounds {
            var state = MovingState(workload)
            _ = swiftRound(workload, year: &state.year, accounts: &state.accounts, outcome: &outcome)
        }
    }

    private func runC(_ workload: Workload) throws {
        let tables = CTables(workload)
        var outcome = calculator_outcome()
        for _ in 0..<rounds {
            var state = MovingState(workload)
            _ = cRound(tables, state: &state, outcome: &outcome)
        }
    }
}
