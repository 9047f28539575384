import Foundation
import Measurement

/// A goal as data: a figure of a run, or the ratio of two, and what it is to be at least or at most.
package struct Goal: Codable, Equatable, Sendable {
    package let id: String
    /// What is measured, in both languages.
    package let measure: String
    package let measureZh: String
    /// One of the two is there.
    package let atLeast: Double?
    package let atMost: Double?
    /// What the bound counts: "× gRPC C++", "claims/s".
    package let unit: String
    package let value: Operand
    /// Divides `value`, round by round where both are of `points.ndjson`.
    package let per: Operand?

    /// Where a figure is found.
    package struct Operand: Codable, Equatable, Sendable {
        package enum Source: String, Codable, Sendable { case points, load, ramp }

        package let from: Source
        /// Of `points`: nil is any.
        package var group: String?
        /// Of `points`: the greatest of them in each round, or the least of times.
        package var workloads: [String]?
        package var contender: String?
        package var unit: String?
        /// Of `load`: NAME of load-NAME.json.
        package var run: String?
        /// Of `ramp`: which multiple of the capacity.
        package var factor: Double?
        /// points: value, p50, p99; load: good, goodClaims, missed, wrong, p50, p99, p99_9, max, cpuPerClaim;
        /// ramp: capacity, peak, good, resident.
        package let field: String
    }

    /// "≥ 20 × gRPC C++".
    package var boundText: String {
        if let atLeast { return "≥ \(NumberText.chosen(atLeast)) \(unit)" }
        return "≤ \(NumberText.chosen(atMost ?? 0)) \(unit)"
    }

    func holds(_ value: Double) -> Bool {
        if let atLeast { return value >= atLeast }
        return value <= atMost ?? 0
    }
}

/// `goals.json`.
package struct GoalFile: Codable, Sendable {
    package static let schema = "jiesuan-goals/1"

    package let schema: String
    package let goals: [Goal]

    package static func read(_ path: String) throws(ReportProblem) -> [Goal] {
        let file: GoalFile = try ResultsReader.decode(path)
        for goal in file.goals {
            guard (goal.atLeast == nil) != (goal.atMost == nil) else {
                throw ReportProblem("\(path): goal \(goal.id) needs one of atLeast and atMost")
            }
            for operand in [goal.value, goal.per] {
                guard let operand, !operand.isKnown else { continue }
                throw ReportProblem(
                    "\(path): goal \(goal.id): field \"\(operand.field)\" of \(operand.from.rawValue) is not known, "
                        + "or what it is of is not said (workloads, run, factor)")
            }
        }
        return file.goals
    }
}

extension Goal.Operand {
    fileprivate var isKnown: Bool {
        switch from {
        case .points: PointTable.Field(rawValue: field) != nil && !(workloads ?? []).isEmpty
        case .load: run != nil && Self.figure(LoadRecord(), field) != nil
        case .ramp: ["capacity", "peak"].contains(field) || (["good", "resident"].contains(field) && factor != nil)
        }
    }

    /// By round; of a load run or a ramp there is one. Empty: not measured.
    func rounds(_ results: RunResults, _ table: PointTable) -> [Int: Double] {
        switch from {
        case .points:
            let keys = (workloads ?? []).flatMap {
                table.keys(group: group, workload: $0, contender: contender, unit: unit)
            }
            guard let field = PointTable.Field(rawValue: field) else { return [:] }
            let isGreatest = field == .value && keys.allSatisfy { BenchPoint.moreIsBetter(unit: $0.unit) }
            return table.best(keys, field, isGreatest: isGreatest)
        case .load:
            guard let run, let record = results.load(run) else { return [:] }
            return Self.figure(record, field).map { [1: $0] } ?? [:]
        case .ramp: return (results.ramp.flatMap { figure($0) }).map { [1: $0] } ?? [:]
        }
    }

    private static func figure(_ load: LoadRecord, _ field: String) -> Double? {
        switch field {
        case "good": load.good
        case "goodClaims": load.goodClaims
        case "missed": Double(load.missed)
        case "wrong": Double(load.wrong)
        case "p50": Double(load.latency.p50)
        case "p99": Double(load.latency.p99)
        case "p99_9": Double(load.latency.p99_9)
        case "max": Double(load.latency.max)
        case "cpuPerClaim": load.server?.cpuPerClaim ?? .nan
        default: nil
        }
    }

    private func figure(_ ramp: RampRecord) -> Double? {
        let step = ramp.overload.first { $0.factor == factor }
        switch field {
        case "capacity": return ramp.capacity
        case "peak": return Overload.peak(ramp)
        case "good": return step?.run.good
        case "resident": return step?.run.server.map { Double($0.residentBytes) }
        default: return nil
        }
    }
}

/// Throughput beyond what a server can do.
package enum Overload {
    /// The most right answers a second of any step, rising load or overload; nil: there is no step.
    package static func peak(_ ramp: RampRecord) -> Double? {
        (ramp.steps + ramp.overload).map(\.run.good).max()
    }
}
