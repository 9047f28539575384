import Client
import Measurement

/// Finds out how a server behaves under rising load: its capacity, the knee, beyond it, and afterwards.
package struct LoadRamp {
    /// Multiples of the capacity that are offered to find the knee, in tenths.
    package static let stepTenths = Array(1...12)
    package static let overloadFactors = [1.0, 2.0, 5.0, 10.0]
    package static let recoveryFactor = 0.5

    private let bench: LoadBench
    private let calls: LoadCalls
    private let closed: LoadShape
    private let open: LoadShape
    private let arrivals: Arrivals

    /// - Parameters:
    ///   - closed: how the capacity is measured.
    ///   - openInFlight: the bound of the open loops.
    package init(
        _ bench: LoadBench, _ calls: LoadCalls, closed: LoadShape, openInFlight: Int, _ arrivals: Arrivals
    ) {
        self.bench = bench
        self.calls = calls
        self.closed = closed
        self.arrivals = arrivals
        var open = closed
        open.inFlight = openInFlight
        self.open = open
    }

    /// Runs all of it; what was measured until then where it is stopped.
    ///
    /// - Parameter done: told each run when it is over: what it was for, and what came of it.
    package func run(
        tell: @escaping @Sendable (Int, Double) -> Void, done: (String, LoadBench.Outcome) throws -> Void
    ) throws -> RampRecord {
        var record = RampRecord()
        let first = try bench.run(calls, closed, tell: tell)
        try done("capacity", first)
        record.startedAt = first.record.startedAt
        record.workload = first.record.workload
        record.workload.loop = arrivals.rawValue
        record.workload.inFlight = open.inFlight
        record.capacity = first.record.good
        guard record.capacity >= Schedule.rateMin * Double(10 * open.connections) else {
            throw LoadProblem("the server answers nothing rightly; there is no capacity to measure multiples of")
        }
        func step(_ factor: Double, _ name: String) throws -> RampRecord.Step? {
            if bench.isStopped { return nil }
            var shape = open
            shape.loop = .open(rate: factor * record.capacity, arrivals)
            let outcome = try bench.run(calls, shape, tell: tell)
            try done(name, outcome)
            return RampRecord.Step(factor: factor, run: outcome.record)
        }
        for tenths in Self.stepTenths {
            if let step = try step(Double(tenths) / 10, "step") { record.steps.append(step) }
        }
        record.knee = KneeRule.knee(of: record.steps)
        for factor in Self.overloadFactors {
            if let step = try step(factor, "overload") { record.overload.append(step) }
        }
        record.recovery = try step(Self.recoveryFactor, "recovery")
        return record
    }
}
