import ArgumentParser
import CAllocationCounter
import Glibc
import MicroCases

@main
struct MicroBenchmark: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "micro-benchmark",
            abstract: "Times small parts of the server one by one, and counts their calls of malloc.",
            discussion: """
                A case is run until its time is up; what is shown is its fastest run, per operation: what others on \
                the machine do only makes runs slower. Calls of malloc are the fewest of any run, per operation.

                EXAMPLES:
                  micro-benchmark
                  micro-benchmark --only calculate --milliseconds 2000
                """)
    }

    @Option(help: "Only the case of this name.") var only = ""
    @Option(help: "Milliseconds of each case.") var milliseconds = 300
    @Option(help: "Run a case so many times and show nothing: for counting instructions; 0: measure.") var runs = 0
    @Option(help: "Where the ledger's file is made, and removed afterwards.") var folder = "."
    @Flag(help: "Print a line of JSON for each case.") var json = false
    @Flag(help: "Print the names of the cases and the operations of a run.") var list = false

    private static let nameWidth = 20

    func validate() throws {
        guard milliseconds > 0 else { throw ValidationError("--milliseconds is at least 1") }
        guard runs >= 0 else { throw ValidationError("--runs is not negative") }
    }

    func run() throws {
        let all = MicroCase.all(folder: folder)
        let cases = all.filter { only.isEmpty || $0.name == only }
        guard !cases.isEmpty else {
            throw ValidationError("--only \(only): not one of \(all.map(\.name).joined(separator: ", "))")
        }
        if !json && !list && runs == 0 { print(line("", "ns", "mallocs", "runs")) }
        for one in cases {
            if list {
                print("\(one.name) \(one.operations)")
            } else if runs > 0 {
                let run = try one.prepare()
                for _ in 0..<runs { try run() }
            } else {
                try measure(one)
            }
        }
    }

    private func measure(_ one: MicroCase) throws {
        let run = try one.prepare()
        // Warm-up: the first runs grow buffers to their size.
        for _ in 0..<2 { try run() }
        let end = now() + UInt64(milliseconds) * 1_000_000
        var fastest = UInt64.max
        var mallocs = UInt64.max
        var count = 0
        repeat {
            let allocations = allocation_count()
            let start = now()
            try run()
            fastest = min(fastest, now() - start)
            mallocs = min(mallocs, allocation_count() - allocations)
            count += 1
        } while now() < end
        let operations = Double(one.operations)
        let nanoseconds = Double(fastest) / operations
        let mallocsOfOne = Double(mallocs) / operations
        if json {
            print("{\"name\":\"\(one.name)\",\"nanoseconds\":\(nanoseconds),\"mallocs\":\(mallocsOfOne)}")
        } else {
            print(line(one.name, rounded(nanoseconds, 10), rounded(mallocsOfOne, 1_000), "\(count)"))
        }
    }

    private func line(_ name: String, _ figures: String...) -> String {
        func padding(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count))
        }
        return name + padding(name, Self.nameWidth) + figures.map { padding($0, 14) + $0 }.joined()
    }

    private func rounded(_ value: Double, _ scale: Double) -> String { "\((value * scale).rounded() / scale)" }
}

private func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
