/// The figures of one run of `make bench`: a line of `history.ndjson`.
package struct HistoryLine: Codable, Equatable, Sendable {
    package static let schema = "jiesuan-history/1"

    package var schema = Self.schema
    /// When the run began, ISO 8601 in UTC; no two lines have the same.
    package var startedAt: String
    package var commit: String
    package var isDirty: Bool
    /// Runs are compared where these are equal.
    package var cpu: String
    package var cores: Int
    package var figures: [HistoryFigure]
    package var goalsMet: Int
    package var goalsMeasured: Int

    package init(_ environment: EnvironmentRecord, figures: [HistoryFigure], goalsMet: Int, goalsMeasured: Int) {
        startedAt = environment.startedAt
        commit = environment.commit
        isDirty = environment.isDirty
        cpu = environment.cpu
        cores = environment.cores
        self.figures = figures
        self.goalsMet = goalsMet
        self.goalsMeasured = goalsMeasured
    }
}

/// A figure to compare runs by, with the range of its rounds.
package struct HistoryFigure: Codable, Equatable, Sendable {
    /// `unary-4x64`, `settle-batch`, `unary-4x64/grpc-cpp` for a ratio.
    package var name: String
    package var unit: String
    package var moreIsBetter: Bool
    package var min: Double
    package var median: Double
    package var max: Double
    package var rounds: Int

    package init(
        name: String, unit: String, moreIsBetter: Bool, min: Double, median: Double, max: Double, rounds: Int
    ) {
        self.name = name
        self.unit = unit
        self.moreIsBetter = moreIsBetter
        self.min = min
        self.median = median
        self.max = max
        self.rounds = rounds
    }
}
