import Measurement

/// What a folder of results holds; what it lacks was not measured.
package struct RunResults: Sendable {
    /// A run of `jiesuan load` by the name in its file's name.
    package struct Load: Sendable {
        package let name: String
        package var record: LoadRecord

        package init(name: String, record: LoadRecord) {
            self.name = name
            self.record = record
        }
    }

    package var environment: EnvironmentRecord?
    /// By name.
    package var loads: [Load] = []
    package var ramp: RampRecord?
    package var points: [BenchPoint] = []
    /// Nil: the folder has no `goals.json`.
    package var goals: [Goal]?
    /// Names of the files that were read, sorted.
    package var files: [String] = []

    package init() {}

    /// Answers of all runs that were not what the calculator says: one makes every figure void.
    package var wrongAnswers: UInt64 {
        var runs = loads.map(\.record)
        if let ramp {
            runs += (ramp.steps + ramp.overload).map(\.run)
            if let recovery = ramp.recovery { runs.append(recovery.run) }
        }
        return runs.reduce(0) { sum, run in
            let (next, isOver) = sum.addingReportingOverflow(run.wrong)
            return isOver ? .max : next
        }
    }

    package func load(_ name: String) -> LoadRecord? { loads.first { $0.name == name }?.record }
}
