import Benchmark
import Foundation
import MicroCases

/// The cases of `micro-benchmark`; a run of a case is one iteration here.
let benchmarks: @Sendable () -> Void = {
    for part in MicroCase.all(folder: NSTemporaryDirectory()) {
        let configuration = Benchmark.Configuration(
            metrics: [.wallClock, .throughput], maxDuration: .seconds(1))
        Benchmark("\(part.name), \(part.operations) a run", configuration: configuration) {
            (benchmark: Benchmark, run: () throws -> Void) throws in
            for _ in benchmark.scaledIterations { try run() }
        } setup: { () throws -> () throws -> Void in
            try part.prepare()
        }
    }
}
